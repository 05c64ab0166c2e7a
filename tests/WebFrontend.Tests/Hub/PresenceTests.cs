using Webphone.Grains.Presence;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

public class PresenceTests
{
    [Trait("Feature", "SID-02")]
    [Fact]
    public async Task A_watcher_gets_how_everybody_is_and_then_what_changes()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));

        var shown = await alice.Hub.Ask<PresenceEntry[]>("WatchPresence", (object)new[] { "102", "103" });
        Assert.Equal([("102", PresenceState.Idle), ("103", PresenceState.Offline)], shown.Select(entry => (entry.Extension, entry.State)));
        await bob.Hub.Do("SetDoNotDisturb", true);

        var changed = await alice.Hub.Next<PresenceEntry[]>("PresenceChanged", batch => batch.Any(entry => entry.Extension == "102"));
        Assert.Equal(PresenceState.DoNotDisturb, Assert.Single(changed).State);
        Assert.True((await bob.Hub.Next<Me>("MeChanged", me => me.DoNotDisturb)).DoNotDisturb);
    }

    [Fact]
    public async Task Who_has_replaced_their_list_hears_no_more_of_the_old_one()
    {
        await using var world = await WebWorld.Start();
        var (alice, carol) = (await world.Open("101"), await world.Open("103"));
        await alice.Hub.Do("WatchPresence", (object)new[] { "102" });
        await carol.Hub.Do("WatchPresence", (object)new[] { "102" });

        await alice.Hub.Do("WatchPresence", (object)new[] { "104" });
        await world.User("102").SetDoNotDisturb(true);
        await carol.Hub.Next<PresenceEntry[]>("PresenceChanged");
        await world.User("104").SetDoNotDisturb(true);

        var first = await alice.Hub.Next<PresenceEntry[]>("PresenceChanged");
        Assert.Equal("104", Assert.Single(first).Extension);
    }

    [Fact]
    public async Task A_list_shows_the_users_own_organisation_only()
    {
        await using var world = await WebWorld.Start();
        var (stranger, _) = (await world.Open("101", "other"), await world.Open("102"));

        var shown = await stranger.Hub.Ask<PresenceEntry[]>("WatchPresence", (object)new[] { "102" });

        Assert.Equal(PresenceState.Offline, Assert.Single(shown).State);
    }
}
