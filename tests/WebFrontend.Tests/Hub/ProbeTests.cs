using Webphone.Grains.Browsers;
using Webphone.Silo.BrowserEdge;
using Webphone.Silo.Tests.SipEdge;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

[Trait("Feature", "N5")]
public class ProbeTests
{
    [Fact]
    public async Task A_probe_gets_back_what_it_sends_and_is_no_call()
    {
        await using var world = await WebWorld.Start();
        var alice = await world.Open("101");
        var (probe, offer) = (Browser.NewId(), Browser.NewOffer());

        Assert.Equal(new OfferResult(true, $"answer to {offer}", null), await Probe(alice, probe, offer));
        Assert.Contains("echo 1", world.Media.Told);
        Assert.Equal((1, 0), (world.Media.Count, world.Edge.Legs));
        await alice.Hub.Do("HangUp", probe);

        await Eventually.True(() => world.Media.Count == 0);
        Assert.Empty(world.Journal.All);
    }

    [Fact]
    public async Task A_tab_that_does_not_hold_the_phone_may_probe()
    {
        await using var world = await WebWorld.Start();
        var alice = await world.Open("101");
        var second = await world.Open(alice.Client, alice.Session);
        Assert.False(second.Shown.HoldsPhone);

        Assert.True((await Probe(second, Browser.NewId(), Browser.NewOffer())).Ok);
    }

    [Fact]
    public async Task The_same_offer_again_gets_the_same_answer_and_no_second_endpoint()
    {
        await using var world = await WebWorld.Start();
        var alice = await world.Open("101");
        var (probe, offer) = (Browser.NewId(), Browser.NewOffer());

        var first = await Probe(alice, probe, offer);

        Assert.Equal(first, await Probe(alice, probe, offer));
        Assert.Equal(OfferRefusal.WrongState, (await Probe(alice, probe, Browser.NewOffer())).Refusal);
        Assert.Equal(1, world.Media.Count);
    }

    [Fact]
    public async Task A_probe_ends_by_itself()
    {
        await using var world = await WebWorld.Start(new SessionEdgeOptions { ProbeTime = TimeSpan.FromMilliseconds(100) });
        var alice = await world.Open("101");

        Assert.True((await Probe(alice, Browser.NewId(), Browser.NewOffer())).Ok);

        await Eventually.True(() => world.Media.Count == 0);
    }

    [Fact]
    public async Task A_session_has_a_few_at_a_time_and_all_of_them_have_a_bound()
    {
        await using var world = await WebWorld.Start(new SessionEdgeOptions { ProbesPerSession = 2, MaxProbes = 3 });
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));
        var probes = new[] { Browser.NewId(), Browser.NewId() };
        foreach (var probe in probes)
            Assert.True((await Probe(alice, probe, Browser.NewOffer())).Ok);

        Assert.Equal(OfferRefusal.Overloaded, (await Probe(alice, Browser.NewId(), Browser.NewOffer())).Refusal);
        Assert.True((await Probe(bob, Browser.NewId(), Browser.NewOffer())).Ok);
        Assert.Equal(OfferRefusal.Overloaded, (await Probe(bob, Browser.NewId(), Browser.NewOffer())).Refusal);
        await alice.Hub.Do("HangUp", probes[0]);
        await Eventually.True(() => world.Media.Count == 2);
        Assert.True((await Probe(alice, Browser.NewId(), Browser.NewOffer())).Ok);
    }

    [Fact]
    public async Task Nobody_ends_a_probe_of_somebody_else()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));
        var (probe, offer) = (Browser.NewId(), Browser.NewOffer());
        await Probe(alice, probe, offer);

        await bob.Hub.Do("HangUp", probe);

        Assert.Equal(OfferRefusal.WrongState, (await Probe(bob, probe, offer)).Refusal);
        Assert.True((await Probe(alice, probe, offer)).Ok);
        Assert.Equal(1, world.Media.Count);
    }

    [Fact]
    public async Task An_offer_that_is_none_is_refused_and_leaves_nothing()
    {
        await using var world = await WebWorld.Start();
        var alice = await world.Open("101");

        Assert.Equal(OfferRefusal.BadOffer, (await Probe(alice, Browser.NewId(), "nonsense")).Refusal);
        Assert.Equal(0, world.Media.Count);
    }

    private static Task<OfferResult> Probe(Browser browser, string probe, string offer) => browser.Hub.Ask<OfferResult>("Probe", probe, offer);
}
