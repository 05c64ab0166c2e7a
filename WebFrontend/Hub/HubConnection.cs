using Microsoft.AspNetCore.SignalR;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Hub;

/// <summary>One connection of a browser tab. What it sends is measured, what it is sent is bounded.</summary>
internal sealed class HubConnection(HubCallerContext context, SignedIn who, string userAgent, TimeProvider time)
{
    /// <summary>A client that leaves more than this unread is too slow to be told anything, or does not mean well.</summary>
    public const int MostUnread = 256;

    /// <summary>Refused calls after which the connection ends.</summary>
    public const int MostRefused = 100;

    private int _unread;
    private int _refused;

    public string Id => context.ConnectionId;

    public string UserKey => who.UserKey;

    public string SignIn => who.Account.SignIn;

    public SignedIn Who => who;

    public string UserAgent => userAgent;

    public TokenBucket Calls { get; } = new(HubLimits.CallsPerSecond, HubLimits.CallBurst, time);

    /// <summary>The session that the tab belongs to; null before it attached.</summary>
    public HubSession? Session { get; set; }

    public string TabId { get; set; } = "";

    public WatchedSet? Watched { get; set; }

    /// <summary>A call of the client was refused. True when that was one too many.</summary>
    public bool Refused() => Interlocked.Increment(ref _refused) > MostRefused;

    public void Abort() => context.Abort();

    /// <summary>Sends without waiting for the client.</summary>
    public void Send(Func<Task> send)
    {
        if (Interlocked.Increment(ref _unread) > MostUnread)
        {
            WebMeter.Refused("slow-client");
            context.Abort();
            return;
        }
        _ = Finish(send);
    }

    private async Task Finish(Func<Task> send)
    {
        try
        {
            await send();
        }
        // The edge of sending: the connection is gone, and its end is on its way to the hub.
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            context.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _unread);
        }
    }
}
