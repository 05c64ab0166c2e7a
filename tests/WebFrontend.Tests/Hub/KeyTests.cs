using Webphone.Grains.Keys;
using Webphone.Grains.Phones;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

public class KeyTests
{
    private static readonly KeySetting Ben = new(PhoneKeyKind.Person, "102", "");
    private static readonly KeySetting Mother = new(PhoneKeyKind.Number, "+493055501882", "Mother");
    private static readonly KeySetting Conference = new(PhoneKeyKind.Conference, "", "");

    [Fact]
    public async Task SID_02_Keys_are_the_users_on_all_of_their_screens_and_nobody_elses()
    {
        await using var world = await WebWorld.Start();
        var (desk, home, other) = (await world.Open("101"), await world.Open("101"), await world.Open("102"));
        Assert.Empty(desk.Shown.KeyBoard.Keys);

        var kept = await desk.Hub.Ask<KeyBoard>("SetKeys", (object)new[] { Ben, Mother, Conference });

        Assert.Equal([Ben, Mother, Conference], kept.Keys);
        var told = await home.Hub.Next<KeyBoard>("KeyBoardChanged");
        Assert.Equal(kept.Version, told.Version);
        await desk.Hub.Ask<KeyBoard>("SetKeys", (object)new[] { Conference, Ben });
        Assert.Equal([Conference, Ben], (await home.Hub.Next<KeyBoard>("KeyBoardChanged", board => board.Version > kept.Version)).Keys);
        home.Drop();
        await home.Connect();
        Assert.Equal([Conference, Ben], home.Shown.KeyBoard.Keys);
        other.Drop();
        await other.Connect();
        Assert.Empty(other.Shown.KeyBoard.Keys);
    }

    [Fact]
    public async Task SID_02_Who_has_arranged_no_keys_has_those_of_their_desk_phone_and_may_have_none()
    {
        await using var world = await WebWorld.Start();
        var browser = await world.Open("103");
        Assert.Equal(
            [
                Ben, new(PhoneKeyKind.Slot, "702", "Waiting"), new(PhoneKeyKind.Number, "99901", "Team"), new(PhoneKeyKind.Slot, "701", ""),
                Conference with { Label = "Meet" }, new(PhoneKeyKind.Number, "0301234567", "Taxi"),
            ],
            browser.Shown.KeyBoard.Keys);
        await browser.Hub.Ask<KeyBoard>("SetKeys", (object)new[] { Mother });
        Assert.Equal([Mother], (await world.Open("103")).Shown.KeyBoard.Keys);
        await browser.Hub.Ask<KeyBoard>("SetKeys", (object)Array.Empty<KeySetting>());
        Assert.Empty((await world.Open("103")).Shown.KeyBoard.Keys);
    }

    [Fact]
    public async Task SID_02_An_open_browser_has_the_keys_of_a_desk_phone_as_they_are_now_unless_its_user_arranged_others()
    {
        await using var world = await WebWorld.Start();
        var (desk, home, arranged) = (await world.Open("103"), await world.Open("103"), await world.Open("104"));
        await arranged.Hub.Ask<KeyBoard>("SetKeys", (object)new[] { Mother });
        world.Directory.SetDeskKeys("103", new Webphone.Grains.Phones.PhoneKey(PhoneKeyType.Blf, "102", "102"));
        world.Directory.SetDeskKeys("104", WebDirectory.DeskKeys);

        foreach (var user in new[] { "acme/103", "acme/104" })
            await world.Grains.GetGrain<IPhoneKeysGrain>(user).DeskPhonesChanged();

        var told = await home.Hub.Next<KeyBoard>("KeyBoardChanged", board => board.Keys.SequenceEqual([Ben]));
        await desk.Hub.Next<KeyBoard>("KeyBoardChanged", board => board.Version == told.Version);
        Assert.Equal([Ben], (await world.Open("103")).Shown.KeyBoard.Keys);
        Assert.Equal([Mother], (await world.Open("104")).Shown.KeyBoard.Keys);
        await world.Grains.GetGrain<IPhoneKeysGrain>("acme/103").DeskPhonesChanged();
        Assert.Equal(told.Version, (await world.Open("103")).Shown.KeyBoard.Version);
        Assert.Equal([Ben, Mother], (await desk.Hub.Ask<KeyBoard>("SetKeys", (object)new[] { Ben, Mother })).Keys);
        Assert.Equal([Ben, Mother], (await home.Hub.Next<KeyBoard>("KeyBoardChanged", board => board.Version > told.Version)).Keys);
    }

    [Fact]
    public async Task Keys_that_are_none_and_too_many_are_refused()
    {
        await using var world = await WebWorld.Start();
        var browser = await world.Open("101");
        KeySetting[][] bad =
        [
            [.. Enumerable.Repeat(Ben, HubLimits.Keys + 1)],
            [Ben with { Target = "" }],
            [Ben with { Target = new string('1', 65) }],
            [Ben with { Target = "10 2" }],
            [Ben with { Label = new string('x', HubLimits.KeyLabelLength + 1) }],
            [Ben with { Label = "a\nb" }],
            [Conference with { Target = "102" }],
        ];

        foreach (var keys in bad)
            Assert.Contains("bad-keys", (await Assert.ThrowsAsync<HubRefusedException>(() => browser.Hub.Do("SetKeys", (object)keys))).Message, StringComparison.Ordinal);

        await browser.Hub.Do("SetKeys", (object)Enumerable.Repeat(Ben, HubLimits.Keys).ToArray());
    }
}
