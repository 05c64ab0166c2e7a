using System.Net;
using System.Threading.Channels;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests.Harness.Load;

/// <summary>One request that is repeated until something comes back (RFC 3261 §17.1).</summary>
public sealed class Exchange(PhoneSocket socket, ChannelReader<SipText> messages, IPEndPoint to) : IDisposable
{
    private readonly CancellationTokenSource _heard = new();
    private string _request = "";

    public void Send(string request)
    {
        _request = request;
        socket.Send(request, to);
    }

    /// <summary>The next message that fits; null when none came in time. With <paramref name="repeat"/> the request is sent again meanwhile, at twice the interval each time.</summary>
    public async Task<SipText?> NextAsync(Func<SipText, bool> fits, TimeSpan limit, TimeSpan? repeat = null)
    {
        using var deadline = new CancellationTokenSource(limit);
        if (repeat is { } interval) _ = RepeatAsync(interval);
        try
        {
            while (true)
            {
                var message = await messages.ReadAsync(deadline.Token);
                await _heard.CancelAsync();
                if (fits(message)) return message;
            }
        }
        catch (OperationCanceledException)
        {
            await _heard.CancelAsync();
            return null;
        }
    }

    public void Dispose()
    {
        _heard.Cancel();
        _heard.Dispose();
    }

    private async Task RepeatAsync(TimeSpan interval)
    {
        var heard = _heard.Token;
        while (true)
        {
            await Task.Delay(interval, heard).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (heard.IsCancellationRequested) return;
            socket.Send(_request, to);
            if (interval < TimeSpan.FromSeconds(4)) interval *= 2;
        }
    }
}
