using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Webphone.Grains.Accounts;
using Webphone.Grains.Calls;
using Webphone.Silo.BrowserEdge;
using Webphone.Silo.Tests.SipEdge;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;
using WebClient = Webphone.WebFrontend.Tests.Harness.WebClient;

namespace Webphone.WebFrontend.Tests.Push;

/// <summary>Calls to somebody whose browser is closed.</summary>
public class PushCallTests
{
    [Trait("Feature", "P22")]
    [Trait("Feature", "ACC-10")]
    [Fact]
    public async Task A_browser_that_is_closed_is_told_of_the_call_and_the_caller_hears_that_it_rings()
    {
        await using var world = await WebWorld.Start();
        await using var service = await PushService.Start();
        using var bob = await Subscribed(world, service, "102");
        var alice = await world.Open("101");

        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());

        var ring = await bob.Next();
        Assert.Equal(("ring", "101", "User 101", "high"), (ring.Kind, ring.Number, ring.Name, ring.Urgency));
        Assert.InRange(ring.TimeToLive, 20, 30);
        Assert.Equal(CallPhase.Ringing, (await alice.Call(call => call.Phase == CallPhase.Ringing)).Phase);
        await Eventually.True(() => world.Media.Told.Any(told => told.EndsWith("Ringback", StringComparison.Ordinal)));
    }

    [Trait("Feature", "P22")]
    [Fact]
    public async Task A_browser_that_was_woken_rings_and_answers_and_its_notification_is_taken_back()
    {
        await using var world = await WebWorld.Start();
        await using var service = await PushService.Start();
        var client = await world.SignedIn("102");
        using var closed = await Subscribe(client, service);
        var alice = await world.Open("101");
        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());
        var told = await closed.Next();

        var bob = await world.Open(client);
        var ring = await bob.Rung();
        Assert.True((await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, bob.Offer())).Ok);

        await alice.Call(call => call.Phase == CallPhase.Connected);
        var end = await closed.Next();
        Assert.Equal(("end", told.Leg, told.Topic, false), (end.Kind, end.Leg, end.Topic, end.Missed));
    }

    [Fact]
    public async Task A_caller_who_gives_up_leaves_a_missed_call_on_the_screen()
    {
        await using var world = await WebWorld.Start();
        await using var service = await PushService.Start();
        using var bob = await Subscribed(world, service, "102");
        var alice = await world.Open("101");
        var leg = Browser.NewId();
        await alice.Dial(leg, "102", Browser.NewOffer());
        await bob.Next();

        await alice.Hub.Do("HangUp", leg);

        var end = await bob.Next();
        Assert.Equal(("end", true, "101"), (end.Kind, end.Missed, end.Number));
        await Eventually.True(() => world.Journal.All.Single().Ended);
    }

    [Fact]
    public async Task A_browser_that_is_open_rings_there_and_is_not_woken()
    {
        await using var world = await WebWorld.Start();
        await using var service = await PushService.Start();
        var client = await world.SignedIn("102");
        var bob = await world.Open(client);
        using var subscription = await Subscribe(client, service, bob.Session);
        var alice = await world.Open("101");
        var leg = Browser.NewId();
        await alice.Dial(leg, "102", Browser.NewOffer());
        var ring = await bob.Rung();
        Assert.True((await bob.Hub.Ask<OfferResult>("Answer", ring.Leg, bob.Offer())).Ok);
        await alice.Call(call => call.Phase == CallPhase.Connected);

        await alice.Hub.Do("HangUp", leg);

        await Eventually.True(() => world.Journal.All.Single().Ended);
        Assert.True(subscription.HasNothing);
    }

    [Fact]
    public async Task A_browser_that_is_open_and_asleep_is_woken()
    {
        await using var world = await WebWorld.Start(new SessionEdgeOptions { RingAcknowledgement = TimeSpan.FromSeconds(3) });
        await using var service = await PushService.Start();
        var client = await world.SignedIn("102");
        var bob = await world.Open(client);
        using var subscription = await Subscribe(client, service, bob.Session);
        var alice = await world.Open("101");

        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());

        // It hears the ring and says nothing, as a page that the system froze.
        var unheard = await bob.Hub.Next<Ring>("Ringing");
        Assert.Equal("ring", (await subscription.Next()).Kind);
        await bob.Hub.Do("TakePhone");
        var again = await bob.Rung();
        Assert.NotEqual(unheard.Leg, again.Leg);
        Assert.True((await bob.Hub.Ask<OfferResult>("Answer", again.Leg, bob.Offer())).Ok);
        await alice.Call(call => call.Phase == CallPhase.Connected);
    }

    [Fact]
    public async Task A_subscription_that_the_service_does_not_know_any_more_is_forgotten_and_the_call_ends()
    {
        await using var world = await WebWorld.Start();
        await using var service = await PushService.Start();
        service.Refuse = response => (response.StatusCode = StatusCodes.Status410Gone) > 0;
        using var bob = await Subscribed(world, service, "102");
        var alice = await world.Open("101");

        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());

        Assert.Equal(CallEnd.Unreachable, (await alice.Call(call => call.Phase == CallPhase.Ended)).End);
        Assert.Empty(await world.Grains.GetGrain<IAccountGrain>("acme/102").GetPushTargets());
        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());
        Assert.Equal(CallEnd.Unreachable, (await alice.Call(call => call.Phase == CallPhase.Ended)).End);
        Assert.Equal(1, service.Refused);
    }

    [Fact]
    public async Task A_service_that_is_busy_is_tried_again_when_it_says_so()
    {
        await using var world = await WebWorld.Start();
        await using var service = await PushService.Start();
        service.Refuse = response =>
        {
            service.Refuse = null;
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            response.Headers.RetryAfter = "1";
            return true;
        };
        using var bob = await Subscribed(world, service, "102");
        var alice = await world.Open("101");

        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());

        Assert.Equal("ring", (await bob.Next()).Kind);
        await alice.Call(call => call.Phase == CallPhase.Ringing);
        Assert.Equal(1, service.Refused);
    }

    [Fact]
    public async Task Signing_out_ends_the_pushing_at_once()
    {
        await using var world = await WebWorld.Start();
        await using var service = await PushService.Start();
        var client = await world.SignedIn("102");
        using var bob = await Subscribe(client, service);
        using var left = await client.Http.DeleteAsync("/api/session");
        var alice = await world.Open("101");

        await alice.Dial(Browser.NewId(), "102", Browser.NewOffer());

        Assert.Equal(CallEnd.Unreachable, (await alice.Call(call => call.Phase == CallPhase.Ended)).End);
        Assert.True(bob.HasNothing);
    }

    [Fact]
    public async Task Who_signs_in_where_somebody_else_was_does_not_get_their_calls()
    {
        await using var world = await WebWorld.Start();
        await using var service = await PushService.Start();
        var client = await world.SignedIn("102");
        using var bob = await Subscribe(client, service);

        using var response = await client.SignIn("103@acme.example", "pass-103");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await world.Grains.GetGrain<IAccountGrain>("acme/102").GetPushTargets());
    }

    [Theory]
    [InlineData("https://10.0.0.1/push")]
    [InlineData("http://push.example/push")]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public async Task An_endpoint_that_is_no_push_service_of_the_world_is_refused(string endpoint)
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("102");

        using var response = await client.Http.PostAsJsonAsync("/api/push/subscription", new PushSubscriptionRequest(
            endpoint, "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg", null));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(await world.Grains.GetGrain<IAccountGrain>("acme/102").GetPushTargets());
    }

    [Fact]
    public async Task An_account_keeps_its_newest_subscriptions_and_a_removed_one_is_gone()
    {
        await using var world = await WebWorld.Start();
        await using var service = await PushService.Start();
        var client = await world.SignedIn("102");
        var endpoints = new List<string>();
        for (var i = 0; i <= AccountLimits.PushTargets; i++)
        {
            using var browser = await Subscribe(client, service);
            endpoints.Add(browser.Endpoint);
        }

        var account = world.Grains.GetGrain<IAccountGrain>("acme/102");
        Assert.Equal(endpoints.Skip(1).Reverse(), (await account.GetPushTargets()).Select(target => target.Endpoint));
        using var removed = await client.Http.DeleteAsync($"/api/push/subscription?endpoint={Uri.EscapeDataString(endpoints[^1])}");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.DoesNotContain(endpoints[^1], (await account.GetPushTargets()).Select(target => target.Endpoint));
    }

    private static async Task<PushBrowser> Subscribed(WebWorld world, PushService service, string extension) => await Subscribe(await world.SignedIn(extension), service);

    private static async Task<PushBrowser> Subscribe(WebClient client, PushService service, string? session = null)
    {
        var key = (await client.Get<PushKey>("/api/push/key"))!.PublicKey!;
        var browser = service.Subscribe(key);
        using var response = await client.Http.PostAsJsonAsync("/api/push/subscription", browser.Subscription(session));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return browser;
    }
}
