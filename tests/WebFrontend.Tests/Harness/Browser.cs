using System.Security.Cryptography;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Tests.Harness;

/// <summary>One tab: its session, and the connection that it has now.</summary>
internal sealed class Browser(WebClient client, string session, string tab) : IAsyncDisposable
{
    private string _offer = NewOffer();

    public string Session => session;

    public string Tab => tab;

    public WebClient Client => client;

    public HubClient Hub { get; private set; } = new();

    /// <summary>What it was shown when it attached last.</summary>
    public Snapshot Shown { get; private set; } = null!;

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The offer of the page that is open now.</summary>
    public string Offer() => _offer;

    /// <summary>The page is loaded anew: another offer.</summary>
    public string Reload() => _offer = NewOffer();

    /// <summary>A new offer, different from every other.</summary>
    public static string NewOffer() => $"v=0 {NewId()}";

    /// <summary>Connects and attaches, the first time or after <see cref="Drop"/>.</summary>
    public async Task Connect(bool takePhone = true)
    {
        await Hub.DisposeAsync();
        Hub = new HubClient();
        await Hub.Connect(client.Server, client.Cookie);
        Shown = await Hub.Ask<Snapshot>("Attach", new AttachRequest(session, tab, takePhone, 0, "test"));
    }

    /// <summary>The connection breaks.</summary>
    public void Drop() => Hub.Abort();

    public Task<OfferResult> Dial(string leg, string number, string offer, string? consults = null) =>
        Hub.Ask<OfferResult>("Dial", new DialRequest(leg, number, offer, null, consults));

    /// <summary>Waits for the ring and says that it is heard.</summary>
    public async Task<Ring> Rung()
    {
        var ring = await Hub.Next<Ring>("Ringing");
        await Hub.Do("RingReceived", ring.Leg);
        return ring;
    }

    public Task<BrowserCall> Call(Func<BrowserCall, bool> fits) => Hub.Next("CallChanged", fits);

    public Task<TransferStatus> Transfer(Func<TransferStatus, bool> fits) => Hub.Next("TransferChanged", fits);

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
