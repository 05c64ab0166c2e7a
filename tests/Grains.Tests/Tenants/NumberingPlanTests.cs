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
