using System.Collections.Concurrent;
using Webphone.Net.Sip;
using Webphone.Sip.Stack;

namespace Webphone.Silo.SipEdge.Registrar;

/// <summary>
/// Keeps the way open to phones that registered by UDP from behind a NAT: a few bytes that no phone reads, often enough that no NAT forgets them
/// (most keep UDP for 30 s). Flows leave by themselves when their registration is over.
/// </summary>
internal sealed class NatKeepAlive(SipNetwork network, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<SipFlow, DateTimeOffset> _flows = new();

    public void Keep(in SipFlow flow, DateTimeOffset until) => _flows[flow] = until;

    /// <summary>Runs until it is stopped.</summary>
    public async Task Run(CancellationToken stopped)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopped))
                Ping();
        }
        catch (OperationCanceledException)
        {
            // The edge stops.
        }
    }

    private void Ping()
    {
        var now = time.GetUtcNow();
        foreach (var (flow, until) in _flows)
        {
            if (until > now)
                network.Send(flow, "\r\n\r\n"u8);
            else
                _flows.TryRemove(new KeyValuePair<SipFlow, DateTimeOffset>(flow, until));
        }
    }
}
