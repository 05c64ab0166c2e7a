using System.Text;
using Webphone.Grains.Calls;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

public class HostileHubTests
{
    [Fact]
    public async Task Nothing_can_be_asked_before_the_connection_attached()
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("101");
        await using var hub = new HubClient();
        await hub.Connect(world.Server, client.Cookie);

        foreach (var method in new[] { "TakePhone", "ReleasePhone" })
            Assert.Contains("not-attached", (await Assert.ThrowsAsync<HubRefusedException>(() => hub.Do(method))).Message, StringComparison.Ordinal);
        var refusal = await Assert.ThrowsAsync<HubRefusedException>(() => hub.Do("Dial", new DialRequest(Browser.NewId(), "102", "v=0", null)));
        Assert.Contains("not-attached", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "00000000000000000000000000000000")]
    [InlineData("acme/102/00000000000000000000000000000000", "00000000000000000000000000000000")]
    [InlineData("00000000000000000000000000000000", "../..")]
    [InlineData("0000000000000000000000000000000G", "00000000000000000000000000000000")]
    public async Task A_session_or_tab_that_is_not_random_digits_is_refused(string session, string tab)
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("101");
        await using var hub = new HubClient();
        await hub.Connect(world.Server, client.Cookie);

        var refusal = await Assert.ThrowsAsync<HubRefusedException>(() => hub.Do("Attach", new AttachRequest(session, tab, true, 0, "test")));

        Assert.Contains("bad-attach", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_stays_with_the_session_that_it_attached_to()
    {
        await using var world = await WebWorld.Start();
        var browser = await world.Open("101");

        var refusal = await Assert.ThrowsAsync<HubRefusedException>(() => browser.Hub.Do("Attach", new AttachRequest(Browser.NewId(), browser.Tab, true, 0, "test")));

        Assert.Contains("attached-elsewhere", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_is_refused_and_then_cut_off_and_nobody_else_notices()
    {
        await using var world = await WebWorld.Start();
        var (flooder, other) = (await world.Open("101"), await world.Open("102"));

        var refused = 0;
        try
        {
            for (var i = 0; i < 2_000; i++)
            {
                try
                {
                    await flooder.Hub.Do("SetDoNotDisturb", i % 2 == 0);
                }
                catch (HubRefusedException)
                {
                    refused++;
                }
            }
        }
        catch (Exception end) when (end is HubClosedException or System.Net.WebSockets.WebSocketException)
        {
            // Cut off.
        }

        Assert.InRange(refused, 50, 110);
        await flooder.Hub.Over.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(await other.Hub.Ask<PresenceEntry[]>("WatchPresence", (object)Array.Empty<string>()));
    }

    [Theory]
    [InlineData(HubLimits.MessageBytes * 4)]
    [InlineData(1_000_000)]
    public async Task A_message_that_is_too_long_ends_the_connection(int length)
    {
        await using var world = await WebWorld.Start();
        var browser = await world.Open("101");

        try
        {
            await browser.Hub.Do("Dial", new DialRequest(Browser.NewId(), "102", "v=0" + new string('x', length), null));
            Assert.Fail("The message was taken.");
        }
        catch (Exception end) when (end is HubClosedException or System.Net.WebSockets.WebSocketException)
        {
            // Cut off.
        }

        Assert.Equal(0, world.Edge.Legs);
    }

    [Fact]
    public async Task An_offer_over_its_own_limit_is_refused_and_one_at_it_is_not()
    {
        await using var world = await WebWorld.Start();
        var browser = await world.Open("101");

        var refusal = await Assert.ThrowsAsync<HubRefusedException>(() => browser.Dial(Browser.NewId(), "102", "v=0".PadRight(HubLimits.OfferLength + 1)));
        var taken = await browser.Dial(Browser.NewId(), "102", "v=0".PadRight(HubLimits.OfferLength));

        Assert.Contains("bad-offer", refusal.Message, StringComparison.Ordinal);
        Assert.True(taken.Ok);
    }

    [Theory]
    [InlineData("{\"type\":1,\"target\":\"Dial\",\"arguments\":[]}")]
    [InlineData("{\"type\":99}")]
    [InlineData("{\"type\":1,\"target\":\"OnConnectedAsync\",\"arguments\":[]}")]
    [InlineData("{\"type\":1,\"target\":\"Attach\",\"arguments\":[null]}")]
    [InlineData("{\"type\":1,\"target\":\"WatchPresence\",\"arguments\":[null]}")]
    [InlineData("{\"type\":1,\"target\":\"WatchPresence\",\"arguments\":[[null]]}")]
    [InlineData("{\"type\":1,\"target\":\"HangUp\",\"arguments\":[{\"a\":1}]}")]
    [InlineData("[[[[[[[[[[")]
    [InlineData("not json")]
    public async Task Nonsense_on_one_connection_is_that_connections_own_trouble(string nonsense)
    {
        await using var world = await WebWorld.Start();
        var (hostile, other) = (await world.Open("101"), await world.Open("102"));

        await hostile.Hub.SendBytes(Encoding.UTF8.GetBytes(nonsense + "\u001e"));

        Assert.Empty(await other.Hub.Ask<PresenceEntry[]>("WatchPresence", (object)Array.Empty<string>()));
        Assert.True((await other.Dial(Browser.NewId(), "*43", Browser.NewOffer())).Ok);
    }

    [Fact]
    public async Task Numbers_digits_and_lists_are_held_to_their_bounds()
    {
        await using var world = await WebWorld.Start();
        var browser = await world.Open("101");

        await Refused("bad-number", "Dial", new DialRequest(Browser.NewId(), new string('1', HubLimits.NumberLength + 1), "v=0", null));
        await Refused("bad-number", "Dial", new DialRequest(Browser.NewId(), "10\n2", "v=0", null));
        await Refused("bad-offer", "Dial", new DialRequest("<leg>", "102", "v=0", null));
        await Refused("bad-leg", "HangUp", new string('a', 65));
        await Refused("bad-digits", "SendDigits", Browser.NewId(), "12x");
        await Refused("bad-digits", "SendDigits", Browser.NewId(), new string('1', HubLimits.Digits + 1));
        await Refused("bad-leg", "Dial", new DialRequest(Browser.NewId(), "102", "v=0", null, "<leg>"));
        var (request, leg) = (Browser.NewId(), Browser.NewId());
        await Refused("bad-transfer", "Transfer", new TransferOrder("mine", leg, MoveKind.Send, "102", null));
        await Refused("bad-transfer", "Transfer", [null]);
        await Refused("bad-target", "Transfer", new TransferOrder(request, leg, MoveKind.Send, null, null));
        await Refused("bad-target", "Transfer", new TransferOrder(request, leg, MoveKind.Send, "102", Browser.NewId()));
        await Refused("bad-target", "Transfer", new TransferOrder(request, leg, MoveKind.Send, null, leg));
        await Refused("bad-target", "Transfer", new TransferOrder(request, leg, MoveKind.Send, new string('1', HubLimits.NumberLength + 1), null));
        await Refused("bad-target", "Transfer", new TransferOrder(request, leg, MoveKind.Merge, "102", Browser.NewId()));
        await Refused("bad-target", "Transfer", new TransferOrder(request, leg, MoveKind.Merge, "10\n2", null));
        await Refused("bad-target", "Transfer", new TransferOrder(request, leg, MoveKind.Switch, null, Browser.NewId()));
        await Refused("bad-leg", "Transfer", new TransferOrder(request, "<leg>", MoveKind.Send, "102", null));
        await Refused("bad-watch-list", "WatchPresence", (object)Enumerable.Repeat("101", HubLimits.Watched + 1).ToArray());
        await Refused("bad-watch-list", "WatchPresence", (object)new[] { "other/101" });

        async Task Refused(string reason, string method, params object?[] arguments) =>
            Assert.Contains(reason, (await Assert.ThrowsAsync<HubRefusedException>(() => browser.Hub.Do(method, arguments))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_has_so_many_connections_and_no_more()
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("101");
        var hubs = new List<HubClient>();
        for (var i = 0; i < HubLimits.ConnectionsPerUser; i++)
        {
            hubs.Add(new HubClient());
            await hubs[^1].Connect(world.Server, client.Cookie);
            await hubs[^1].Do("Attach", new AttachRequest(Browser.NewId(), Browser.NewId(), false, 0, "test"));
        }

        await using var oneMore = new HubClient();
        await oneMore.Connect(world.Server, client.Cookie);
        await oneMore.Over.WaitAsync(TimeSpan.FromSeconds(20));

        foreach (var hub in hubs)
            await hub.DisposeAsync();
    }
}
