using System.Net;
using Webphone.Cluster.Tests.Harness;
using Webphone.Cluster.Tests.Harness.Load;
using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.Cluster.Tests;

/// <summary>Processes that share the work: grains on one, phones, browsers' legs and media on others without grains, browsers on frontends of their own.</summary>
public sealed class RoleTests(DividedCluster cluster) : IClassFixture<DividedCluster>
{
    private const int Said = 1000;
    private const string SafeLoopback = "--allow-loopback-in-peer-connection";

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    public async Task Phones_of_nodes_without_grains_talk_and_both_have_the_call_in_their_history(int from, int to)
    {
        cluster.Require();
        await using var caller = await cluster.PhoneAsync(from, "101", toneHertz: 440);
        await using var callee = await cluster.PhoneAsync(to, "102", toneHertz: 660);
        var before = (await History.OfAsync(cluster.Frontends[0], "101")).Count;
        await Conversation.HoldAndResumeAsync(caller, callee);
        Assert.Contains("102", await CallsAsync(cluster.Frontends[1]), StringComparison.Ordinal);
        await caller.HangUpAsync();
        await callee.NextAsync("CALL_CLOSED");
        var end = Environment.TickCount64 + 20_000;
        while ((await History.OfAsync(cluster.Frontends[0], "101")).Count(entry => entry["endedAt"] is not null) <= before)
        {
            Assert.True(Environment.TickCount64 < end, "the call is not in the history");
            await Task.Delay(50);
        }
    }

    [Fact]
    public async Task A_browser_at_a_frontend_of_its_own_calls_a_desk_phone_and_is_called()
    {
        cluster.Require();
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, cluster.Frontends[0], "103");
        await using var desk = await cluster.PhoneAsync(0, "104", toneHertz: 440);
        await app.DialAsync("104");
        await desk.NextAsync("CALL_INCOMING");
        await desk.AnswerAsync();
        await app.CardAsync("connected");
        await app.HearsAsync(440);
        await desk.HearsAsync(Said);
        await app.PressAsync("Escape");
        await desk.NextAsync("CALL_CLOSED");
        await app.NoCallAsync();

        await desk.DialAsync("103");
        await app.RingsAsync();
        await app.AnswerAsync();
        await desk.NextAsync("CALL_ESTABLISHED");
        await app.HearsAsync(440);
        await desk.HangUpAsync();
        await app.NoCallAsync();
    }

    [Fact]
    public async Task A_frontend_that_is_killed_costs_no_call_and_the_browser_is_back_with_the_next_at_its_address()
    {
        cluster.Require();
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, cluster.Frontends[1], "105");
        await using var desk = await cluster.PhoneAsync(1, "106", toneHertz: 440);
        await app.DialAsync("106");
        await desk.NextAsync("CALL_INCOMING");
        await desk.AnswerAsync();
        await app.CardAsync("connected");
        await app.HearsAsync(440);

        await cluster.Frontends[1].KillAsync();
        await app.HearsAsync(440);
        await desk.HearsAsync(Said);
        await cluster.Frontends[1].LaunchAsync();
        await app.StatusAsync("inCall", TimeSpan.FromSeconds(60));
        await app.CardAsync("connected");
        await app.HearsAsync(440);
        Assert.False(desk.HasUnread("CALL_CLOSED"));
        await app.PressAsync("Escape");
        await desk.NextAsync("CALL_CLOSED");
        await app.NoCallAsync();
    }

    [Fact]
    public async Task A_browser_whose_node_of_media_was_lost_is_called_by_the_other()
    {
        cluster.Require();
        await using var browser = await Chromium.StartAsync(Said, SafeLoopback);
        await using var app = await AppPage.SignedInAsync(browser, cluster.Frontends[0], "107");
        var lost = Array.IndexOf(["edge1", "edge2"], await NodeOfAsync("107", node => node is not null));
        await using var desk = await cluster.PhoneAsync(1 - lost, "108", toneHertz: 440);
        await cluster.Edges[lost].KillAsync();
        await NodeOfAsync("107", node => node == $"edge{2 - lost}");
        await desk.DialAsync("107");
        await app.RingsAsync();
        await app.AnswerAsync();
        await desk.NextAsync("CALL_ESTABLISHED");
        await app.HearsAsync(440);
        await desk.HangUpAsync();
        await app.NoCallAsync();
        await cluster.Edges[lost].LaunchAsync();
    }

    [Fact]
    public async Task When_a_node_without_grains_is_killed_another_such_goes_on_with_the_lamps_of_phones_that_have_a_way_to_it()
    {
        cluster.Require();
        var (lost, stays) = (cluster.Edges[0], cluster.Edges[1]);
        using var socket = new PhoneSocket();
        var watcher = new FlowPhone(socket, RunningSilo.Domain, "109", "demo-109", SipOf(lost), SipOf(stays));
        await watcher.RegisterAsync();
        await using var caller = await cluster.PhoneAsync(1, "101", toneHertz: 440);
        await using var callee = await cluster.PhoneAsync(1, "110", toneHertz: 660);
        using var lamp = new FlowLamp(watcher, "101");
        Assert.Equal(200, await lamp.SubscribeAsync(SipOf(lost)));
        await Conversation.BeginAsync(caller, callee);
        await lamp.ShowsAsync("confirmed");
        await lost.SubscriptionsWrittenAsync();
        await lost.KillAsync();
        await caller.HangUpAsync();
        // The node's lease, and the time for which a list that begins anew may lack it.
        await lamp.ShowsAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(200, await lamp.SubscribeAsync(SipOf(stays)));
        await lost.LaunchAsync();
    }

    private static IPEndPoint SipOf(RunningSilo silo) => new(IPAddress.Parse(silo.Address), silo.SipPort);

    /// <summary>The node that holds the legs of a user's only device, once it is as it should be.</summary>
    private async Task<string?> NodeOfAsync(string extension, Predicate<string?> isRight)
    {
        var end = Environment.TickCount64 + 60_000;
        while (true)
        {
            var user = (await cluster.Frontends[0].StatusAsync())["users"]!.AsArray().First(user => (string?)user!["extension"] == extension)!;
            var node = user["devices"]!.AsArray() is [{ } only] ? (string?)only["node"] : null;
            if (isRight(node)) return node;
            Assert.True(Environment.TickCount64 < end, $"the device of {extension} is on {node ?? "no node"}");
            await Task.Delay(100);
        }
    }

    /// <summary>The calls that are on, as the status says.</summary>
    private static async Task<string> CallsAsync(RunningSilo at) => (await at.StatusAsync())["calls"]!.ToJsonString();
}
