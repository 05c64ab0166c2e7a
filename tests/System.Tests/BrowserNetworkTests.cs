using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>Issue 4, shows 2: the browser's network changes, stops and comes back, in namespaces of the test's own: HTTP, WebSocket and media alike.</summary>
[Trait("Shows", "2")]
public sealed class BrowserNetworkTests
{
    private const int Said = 1000;

    /// <summary>On a machine that does everything at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Signing_in_succeeds_while_interfaces_come_and_go()
    {
        await using var network = await BrowserNetwork.CreateAsync();
        await using var silo = await RunningSilo.StartAsync(network);
        await using var browser = await Chromium.StartAsync(network, silo, Said);
        using var done = new CancellationTokenSource();
        var disturbing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await network.DisturbAsync();
                await Task.Delay(Random.Shared.Next(500));
            }
        });
        for (var extension = 101; extension < 106; extension++)
        {
            await using var app = await AppPage.SignedInAsync(browser, silo, $"{extension}");
        }
        await done.CancelAsync();
        await disturbing;
    }

    [Trait("Feature", "N2")]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_goes_on_over_another_path(bool overlapping)
    {
        await using var world = await World.CreateAsync();
        await world.TalkAsync();
        await world.ChangePathAsync(overlapping);
        await world.TalksAgainAsync();
        await world.EndsWithOneEntryAsync();
    }

    [Trait("Feature", "N2")]
    [Fact]
    public async Task A_held_call_is_held_on_another_path_and_can_be_resumed()
    {
        await using var world = await World.CreateAsync();
        await world.TalkAsync();
        await world.App.PressAsync("h");
        await Conversation.HearsMusicAsync(world.Desk, Said);
        var connections = await world.App.ConnectionsAsync();
        await world.ChangePathAsync(overlapping: false);
        await world.App.ConnectedAgainAsync(connections);
        await world.App.StatusAsync("inCall", Patience);
        await world.App.Page.UntilAsync("document.querySelector('article[data-state=connected][data-held=true]')", Patience);
        await Conversation.HearsMusicAsync(world.Desk, Said);
        await world.App.PressAsync("h");
        await world.TalksAgainAsync();
        await world.EndsWithOneEntryAsync();
    }

    [Fact]
    public async Task A_ring_outlives_a_change_of_path_and_is_answered_on_the_other()
    {
        await using var world = await World.CreateAsync();
        await world.Desk.DialAsync("101");
        await world.App.RingsAsync();
        var connections = await world.App.ConnectionsAsync();
        await world.ChangePathAsync(overlapping: false);
        await world.App.ConnectedAgainAsync(connections);
        await world.App.StatusAsync("ready", Patience);
        await world.App.RingsAsync();
        await world.App.AnswerAsync();
        await world.Desk.NextAsync("CALL_ESTABLISHED");
        await world.TalksAgainAsync();
    }

    [Fact]
    public async Task A_call_that_rings_the_far_side_is_answered_after_a_change_of_path()
    {
        await using var world = await World.CreateAsync();
        await world.App.DialAsync("102");
        await world.Desk.NextAsync("CALL_INCOMING");
        await world.App.CardAsync("ringingOut");
        var connections = await world.App.ConnectionsAsync();
        await world.ChangePathAsync(overlapping: false);
        await world.App.ConnectedAgainAsync(connections);
        await world.App.StatusAsync("ready", Patience);
        Assert.False(world.Desk.HasUnread("CALL_CLOSED"));
        await world.Desk.AnswerAsync();
        await world.TalksAgainAsync();
        await world.EndsWithOneEntryAsync();
    }

    [Fact]
    public async Task Ten_seconds_without_any_network_lose_no_call()
    {
        await using var world = await World.CreateAsync();
        await world.TalkAsync();
        await world.Network.CloseAsync(1);
        await Task.WhenAll(Conversation.HearsMusicAsync(world.Desk, Said), Task.Delay(TimeSpan.FromSeconds(10)));
        await world.Network.OpenAsync(1);
        await world.TalksAgainAsync();
        await world.EndsWithOneEntryAsync();
    }

    [Trait("Feature", "N15")]
    [Fact]
    public async Task A_frontend_that_dies_and_comes_back_after_five_seconds_loses_no_call()
    {
        await using var world = await World.CreateAsync();
        await world.TalkAsync();
        await world.Network.RefuseAsync(world.Silo.WebPort);
        await world.App.StatusAsync("disconnected", Patience);
        await Task.Delay(TimeSpan.FromSeconds(5));
        // What is said goes another way.
        Assert.False(world.Desk.HasUnread("CALL_CLOSED"));
        await world.Desk.HearsAsync(Said);
        await world.Network.AcceptAsync();
        await world.App.StatusAsync("inCall", Patience);
        await world.TalksAgainAsync();
        await world.EndsWithOneEntryAsync();
    }

    [Fact]
    public async Task Who_does_not_come_back_is_given_up_and_nothing_of_the_call_stays()
    {
        await using var world = await World.CreateAsync("--reconnect-time", "10");
        await world.TalkAsync();
        await world.Network.CloseAsync(1);
        await Conversation.HearsMusicAsync(world.Desk, Said);
        await world.Desk.NextAsync(Patience, "CALL_CLOSED");
        foreach (var extension in (string[])["101", "102"])
        {
            Assert.Equal("PartyLost", (string?)(await History.NewestAsync(world.Silo, extension))["end"], ignoreCase: true);
            Assert.Single(await History.OfAsync(world.Silo, extension));
        }
        await world.Silo.NoCallsAsync();

        // Whoever comes back later finds no call, and can make one.
        await world.Network.OpenAsync(1);
        await world.App.StatusAsync("ready", Patience);
        await world.App.NoCallAsync();
        await world.TalkAsync();
    }

    /// <summary>A browser with a network of its own, and a desk phone beside the server.</summary>
    private sealed class World : IAsyncDisposable
    {
        private const int Answered = 440;

        private World(BrowserNetwork network, RunningSilo silo) => (Network, Silo) = (network, silo);

        public BrowserNetwork Network { get; }

        public RunningSilo Silo { get; }

        public Chromium Browser { get; private set; } = null!;

        public AppPage App { get; private set; } = null!;

        public BaresipPhone Desk { get; private set; } = null!;

        public static async Task<World> CreateAsync(params string[] arguments)
        {
            Needs.Baresip();
            var network = await BrowserNetwork.CreateAsync();
            var world = new World(network, await RunningSilo.StartAsync(network, arguments));
            try
            {
                world.Browser = await Chromium.StartAsync(network, world.Silo, Said);
                world.Desk = await BaresipPhone.RegisteredAsync(world.Silo.Phone("102", Answered));
                world.App = await AppPage.SignedInAsync(world.Browser, world.Silo, "101");
                return world;
            }
            catch
            {
                await world.DisposeAsync();
                throw;
            }
        }

        public async Task TalkAsync()
        {
            await App.DialAsync("102");
            await Desk.NextAsync("CALL_INCOMING");
            await Desk.AnswerAsync();
            await App.CardAsync("connected");
            await TalksAgainAsync();
        }

        /// <summary>Each hears the other, and the desk phone was never told that the call ended.</summary>
        public async Task TalksAgainAsync()
        {
            await App.HearsAsync(Answered, Patience);
            await Desk.HearsAsync(Said, Patience);
            await App.CardAsync("connected");
            Assert.False(Desk.HasUnread("CALL_CLOSED"));
        }

        public async Task ChangePathAsync(bool overlapping)
        {
            if (overlapping)
                await Network.OpenAsync(2);
            await Network.CloseAsync(1);
            if (!overlapping)
                await Network.OpenAsync(2);
        }

        public async Task EndsWithOneEntryAsync()
        {
            await Desk.HangUpAsync();
            await App.NoCallAsync();
            await History.HasOneEntryEachAsync(Silo, "101", "102");
        }

        public async ValueTask DisposeAsync()
        {
            if (App is not null)
                await App.DisposeAsync();
            if (Desk is not null)
                await Desk.DisposeAsync();
            if (Browser is not null)
                await Browser.DisposeAsync();
            await Silo.DisposeAsync();
            await Network.DisposeAsync();
        }
    }
}
