using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Webphone.Grains.Users;
using Webphone.Net.Sip;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge.Registrar;

/// <summary>
/// Keeps the way open to phones that registered by UDP from behind a NAT: a few bytes that no phone reads, often enough that no NAT forgets them
/// (most keep UDP for 30 s). Flows leave by themselves when their registration is over.
/// </summary>
internal sealed class NatKeepAlive(SipNetwork network, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    private static ReadOnlySpan<byte> Ping => "\r\n\r\n"u8;

    private readonly ConcurrentDictionary<SipFlow, DateTimeOffset> _flows = new();

    public void Keep(in SipFlow flow, DateTimeOffset until) => _flows[flow] = until;

    /// <summary>
    /// After a restart: devices that the store knows to be behind a NAT are kept from now on, as if they had just registered, and hear of us at once, before
    /// the NAT forgets them. Behind one is who registered by UDP with a contact of another address than their packets came from.
    /// </summary>
    public void Restore(IEnumerable<Binding> bindings)
    {
        var now = time.GetUtcNow();
        foreach (var binding in bindings)
        {
            if (!network.TryResolve(binding.Flow, out var flow) || flow.Transport is not SipTransport.Udp || NamesItsAddress(binding, flow))
                continue;
            // Who has registered meanwhile is known better.
            if (_flows.TryAdd(flow, now + binding.Granted))
                network.Send(flow, Ping);
        }
    }

    /// <summary>Runs until it is stopped.
    public async Task Run(CancellationToken stopped)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopped))
                PingAll();
        }
        catch (OperationCanceledException)
        {
            // The edge stops.
        }
    }

    private static bool NamesItsAddress(Binding binding, in SipFlow flow) =>
        SipUri.TryParse(Encoding.UTF8.GetBytes(binding.Contact), out var contact, out _)
        && IPAddress.TryParse(contact.HostText.Trim('[', ']'), out var host) && host.Equals(flow.Remote.Address);

    private void PingAll()
    {
        var now = time.GetUtcNow();
        foreach (var (flow, until) in _flows)
        {
            if (until > now)
                network.Send(flow, Ping);
            else
                _flows.TryRemove(new KeyValuePair<SipFlow, DateTimeOffset>(flow, until));
        }
    }
}
