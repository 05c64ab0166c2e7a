using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>
/// Park slots and pickup between desk phones and the browser app: who parks and who takes, who is rung and who answers for them. Everyone has a tone of
/// their own: who is heard is who is talked to.
/// </summary>
[Trait("Shows", "1")]
public sealed class BrowserPlaceTests(BrowserPlaceTests.Fixture fixture) : IClassFixture<BrowserPlaceTests.Fixture>
{
    [Trait("Feature", "CTL-09")]
    [Trait("Feature", "PRK-01")]
    [Trait("Feature", "PRK-02")]
    [Trait("Feature", "PRK-03")]
    [Trait("Feature", "PRK-04")]
    [Fact]
    public async Task PRK_02_What_the_browser_parks_a_phone_takes_and_what_the_phone_parks_the_browser_takes()
    {
        await using var seats = await Seats.TakeAsync(fixture.Silo);
        var (caller, app, taker) = (seats.Caller, seats.App, seats.Desk);
        await app.PanelAsync(PanelTab.Park);
        await Conversation.BeginAsync(caller, app);

        await app.PressAsync("p");
        await app.NoCallAsync();
        await Conversation.HearsMusicAsync(caller, app.ToneHertz);
        await app.Page.UntilAsync("document.querySelector('[data-parked=true]').innerText.match(/701[^]*101[^]*by/)");
        await taker.DialAsync("701");
        await taker.NextAsync("CALL_ESTABLISHED");
        await Conversation.TalkAsync(caller, taker);
        await app.Page.UntilAsync("!document.querySelector('[data-parked=true]')");

        await taker.TransferAsync("705");
        await taker.NextAsync("CALL_CLOSED");
        await Conversation.HearsMusicAsync(caller, taker.ToneHertz);
        await app.Page.UntilAsync("document.querySelector('[data-parked=true]')?.innerText.includes('705')");
        await app.Page.ClickAsync("[data-parked=true]");
        await app.CardAsync("connected");
        await Conversation.TalkAsync(caller, app);
        Assert.False(caller.HasUnread("CALL_CLOSED"));
        await app.PressAsync("Escape");
        await caller.NextAsync("CALL_CLOSED");
        await app.NoCallAsync();
    }

    [Trait("Feature", "P20")]
    [Trait("Feature", "SID-02")]
    [Fact]
    public async Task P20_A_phone_answers_for_the_browser_and_the_browser_by_its_lamp_for_a_phone()
    {
        await using var seats = await Seats.TakeAsync(fixture.Silo);
        var (caller, app, desk) = (seats.Caller, seats.App, seats.Desk);
        await AddKeyForTheLastColleagueAsync(app);

        await caller.DialAsync("102");
        await app.RingsAsync();
        await desk.DialAsync("**102");
        await desk.NextAsync("CALL_ESTABLISHED");
        await app.NoCallAsync();
        await Conversation.TalkAsync(caller, desk);
        await app.Page.UntilAsync("document.querySelector('[data-kind=person][data-lamp=busy]')");
        await caller.HangUpAsync();
        await desk.NextAsync("CALL_CLOSED");

        await caller.DialAsync("103");
        await desk.NextAsync("CALL_INCOMING");
        await app.Page.ClickAsync("[data-kind=person][data-lamp=ringing]");
        await desk.NextAsync("CALL_CLOSED");
        await app.CardAsync("connected");
        await Conversation.TalkAsync(caller, app);
        await caller.HangUpAsync();
        await app.NoCallAsync();
    }

    private static async Task AddKeyForTheLastColleagueAsync(AppPage app)
    {
        await app.PanelAsync(PanelTab.Keys);
        await app.Page.ClickAsync("aside [role=tabpanel]:not([hidden]) button");
        await app.Page.ClickAsync("aside form > div:nth-of-type(2) button");
        await app.Page.ClickAsync("[role=option]:last-of-type");
        await app.Page.UntilAsync("document.querySelector('aside form button[type=submit]:enabled')");
        await app.Page.ClickAsync("aside form button[type=submit]");
        await app.Page.ClickAsync("aside [aria-label=Done]");
        await app.Page.UntilAsync("document.querySelector('[data-kind=person][data-lamp=free]')");
    }

    /// <summary>101 and 103 at their desk phones, and 102 at the browser.</summary>
    private sealed class Seats : IAsyncDisposable
    {
        private readonly Stack<IAsyncDisposable> _taken = [];

        public BaresipPhone Caller { get; private set; } = null!;

        public AppPage App { get; private set; } = null!;

        public BaresipPhone Desk { get; private set; } = null!;

        public static async Task<Seats> TakeAsync(RunningSilo silo)
        {
            var seats = new Seats();
            try
            {
                var browser = seats.Take(await Chromium.StartAsync(1000, "--allow-loopback-in-peer-connection"));
                seats.App = seats.Take(await AppPage.SignedInAsync(browser, silo, "102"));
                seats.Caller = seats.Take(await BaresipPhone.RegisteredAsync(silo.Phone("101", 440)));
                seats.Desk = seats.Take(await BaresipPhone.RegisteredAsync(silo.Phone("103", 660)));
                return seats;
            }
            catch
            {
                await seats.DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            while (_taken.TryPop(out var last))
                await last.DisposeAsync();
        }

        private T Take<T>(T seat)
            where T : IAsyncDisposable
        {
            _taken.Push(seat);
            return seat;
        }
    }

    /// <summary>Three people: two desk phones and the browser's user, whose colleague with the last number has one of them.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private const string Office = $$"""
            { "tenants": [ { "name": "office", "domain": "{{RunningSilo.Domain}}", "digestAlgorithms": ["MD5"],
              "users": [
                { "extension": "101", "secret": "demo-101", "password": "demo-101" },
                { "extension": "102", "secret": "demo-102", "password": "demo-102" },
                { "extension": "103", "secret": "demo-103", "password": "demo-103" } ] } ] }
            """;

        public RunningSilo Silo { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Silo = await RunningSilo.ProvisionedAsync(Office);

        public ValueTask DisposeAsync() => Silo is null ? ValueTask.CompletedTask : Silo.DisposeAsync();
    }
}
