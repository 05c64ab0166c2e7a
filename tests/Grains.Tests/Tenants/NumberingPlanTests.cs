using Webphone.Grains.Tenants;

namespace Webphone.Grains.Tests.Tenants;

public class NumberingPlanTests
{
    private static readonly FakeDirectory Directory = new("101", "102", "front-desk", "frontdesk");

    [Theory]
    [InlineData("102", "102")]
    [InlineData("1-0-2", "102")]
    [InlineData(" (1) 0.2 ", "102")]
    [InlineData("1\u00A002", "102")]
    [InlineData("front-desk", "front-desk")]
    [InlineData("front desk", "frontdesk")]
    public void An_extension_is_found_however_it_is_written(string dialled, string extension) =>
        Assert.Equal(new Destination.User(extension), NumberingPlan.Resolve(dialled, FakeDirectory.Tenant, Directory));

    [Theory]
    [InlineData("*43")]
    [InlineData("*4-3")]
    public void Star_43_is_the_echo_test(string dialled) => Assert.IsType<Destination.EchoTest>(NumberingPlan.Resolve(dialled, FakeDirectory.Tenant, Directory));

    [Fact]
    public void Star_76_toggles_do_not_disturb() =>
        Assert.IsType<Destination.ToggleDoNotDisturb>(NumberingPlan.Resolve("*76", FakeDirectory.Tenant, Directory));

    [Theory]
    [InlineData("")]
    [InlineData("-.- ")]
    [InlineData("999")]
    [InlineData("*44")]
    [InlineData("10")]
    [InlineData("1021")]
    public void What_nothing_has_is_unknown(string dialled) =>
        Assert.IsType<Destination.Unknown>(NumberingPlan.Resolve(dialled, FakeDirectory.Tenant, Directory));

    [Theory]
    [InlineData("0441", "0441")]
    [InlineData("+49 (30) 12-34", "+49301234")]
    public void XFR_09_what_is_none_of_ours_goes_outside_by_the_first_trunk_whose_rule_fits(string dialled, string number) =>
        Assert.Equal(new Destination.Outside(number, "out"), NumberingPlan.Resolve(dialled, FakeDirectory.Tenant, Directory));

    [Theory]
    [InlineData("0")]
    [InlineData("0441a")]
    [InlineData("0*76")]
    [InlineData("00+49")]
    [InlineData("0441@elsewhere")]
    [InlineData("5441")]
    [InlineData("012345678901234567890123456789012")]
    public void XFR_09_what_is_no_number_or_fits_no_rule_does_not(string dialled) =>
        Assert.IsType<Destination.Unknown>(NumberingPlan.Resolve(dialled, FakeDirectory.Tenant, Directory));

    [Theory]
    [InlineData("+4930102")]
    [InlineData("4930102")]
    public void XFR_09_a_number_of_ours_leads_to_its_user(string number) =>
        Assert.Equal(new Destination.User("102"), NumberingPlan.ResolveInbound(number, "out", FakeDirectory.Tenant, Directory));

    [Fact]
    public void XFR_09_a_number_of_ours_leads_into_a_room_or_to_the_echo_test()
    {
        Assert.Equal(new Destination.Place(new CallPlace(PlaceKind.Room, "99907")), NumberingPlan.ResolveInbound("+493099907", "out", FakeDirectory.Tenant, Directory));
        Assert.IsType<Destination.EchoTest>(NumberingPlan.ResolveInbound("+493043", "out", FakeDirectory.Tenant, Directory));
    }

    [Theory]
    [InlineData("+493076", "out")]
    [InlineData("+493038", "out")]
    [InlineData("+49300", "out")]
    [InlineData("+49308", "out")]
    [InlineData("102", "out")]
    [InlineData("0441", "out")]
    [InlineData("+4930102", "other")]
    [InlineData("", "out")]
    public void XFR_09_from_outside_nothing_else_is_reached_and_never_the_outside(string number, string trunk) =>
        Assert.IsType<Destination.Unknown>(NumberingPlan.ResolveInbound(number, trunk, FakeDirectory.Tenant, Directory));

    [Fact]
    public void Another_tenants_extension_is_unknown() =>
        Assert.IsType<Destination.Unknown>(NumberingPlan.Resolve("102", "other", Directory));

    [Fact]
    public void A_dialled_string_of_64_characters_is_read_and_a_longer_one_is_not()
    {
        var longest = "102" + new string('-', NumberingPlan.MaxDialledLength - 3);
        Assert.IsType<Destination.User>(NumberingPlan.Resolve(longest, FakeDirectory.Tenant, Directory));
        Assert.IsType<Destination.Unknown>(NumberingPlan.Resolve(longest + "-", FakeDirectory.Tenant, Directory));
    }
}
