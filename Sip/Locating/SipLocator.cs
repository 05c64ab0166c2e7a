using System.Net;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Locating;

/// <summary>
/// Where a request to a URI goes, <see href="https://www.rfc-editor.org/rfc/rfc3263#section-4">RFC 3263 §4</see>, without doing the look-ups itself:
/// <code><![CDATA[
///   address literal, or a port is given ------------------------------+
///   transport is given --------------------+                          |
///   else: NAPTR ---- none: SRV of each ----+--> SRV --- none: the --+ |
///            |       transport we have     ^     |      name itself | |
///            +--- replacement of the best -+     V                  V V
///                                            targets by priority, Address of each --> Targets, in the order to try them
/// ]]></code>
/// Ask <see cref="Question"/>, give <see cref="Answer"/>, until <see cref="IsDone"/>. The targets of an unreachable one are tried in turn (§4.3).
/// </summary>
public sealed class SipLocator
{
    /// <summary>The most records of one answer and the most targets that are looked at; more is somebody's attack.</summary>
    public const int MaxRecords = 32;

    private static readonly SipTransport[] Preferred = [SipTransport.Tls, SipTransport.Tcp, SipTransport.Udp];

    private readonly SipTransport[] _supported;
    private readonly bool _secure;
    private readonly Func<int, int> _below;
    private readonly Queue<(SipTransport Transport, string Name)> _services = new();
    private readonly Queue<(SipTransport Transport, string Host, int Port)> _hosts = new();
    private readonly List<SipTarget> _targets = [];
    private readonly string _host;
    private readonly SipTransport _named;

    /// <param name="uri">A sip or sips URI.</param>
    /// <param name="supported">The transports that we can send by.</param>
    /// <param name="below">Randomness for the weights of SRV: a number from 0 to below its argument.</param>
    public SipLocator(SipUri uri, IEnumerable<SipTransport> supported, Func<int, int> below)
    {
        _secure = uri.Scheme == UriScheme.Sips;
        _below = below;
        _supported = [.. Preferred.Intersect(supported).Where(transport => !_secure || transport == SipTransport.Tls)];
        _host = uri.Parameters.TryGet("maddr"u8, out var maddr) ? System.Text.Encoding.ASCII.GetString(maddr) : uri.HostText;
        _named = _secure && uri.Transport == SipTransport.Tcp ? SipTransport.Tls : uri.Transport;
        Start(uri.Port);
    }

    /// <summary>The next question, or null when <see cref="Targets"/> is complete.</summary>
    public LocatorQuestion? Question { get; private set; }

    public bool IsDone => Question is null;

    /// <summary>The places to try, best first; empty if there is none.</summary>
    public IReadOnlyList<SipTarget> Targets => _targets;

    /// <summary>Gives the answer to <see cref="Question"/>.</summary>
    public void Answer(in LocatorAnswer answer)
    {
        switch (Question?.Kind)
        {
            case DnsKind.Naptr:
                TakeNaptrs(answer.Naptrs);
                break;
            case DnsKind.Srv:
                TakeServices(answer.Srvs);
                break;
            case DnsKind.Address:
                TakeAddresses(answer.Addresses);
                break;
            default:
                return;
        }
        Next();
    }

    private void Start(int port)
    {
        if (_supported.Length == 0 || (_named != SipTransport.Unknown && !_supported.Contains(_named)))
            return;
        var literal = IPAddress.TryParse(_host.Trim('[', ']'), out _);
        if (literal || port != 0)
        {
            // No NAPTR and no SRV: UDP unless named, TLS for sips (§4.1, §4.2).
            var transport = _named != SipTransport.Unknown ? _named
                : _secure ? SipTransport.Tls : _supported.Contains(SipTransport.Udp) ? SipTransport.Udp : _supported[0];
            _hosts.Enqueue((transport, _host, port == 0 ? transport.DefaultPort() : port));
        }
        else if (_named != SipTransport.Unknown)
        {
            _services.Enqueue((_named, ServiceName(_named)));
        }
        else
        {
            Question = new LocatorQuestion(DnsKind.Naptr, _host);
            return;
        }
        Next();
    }

    private string ServiceName(SipTransport transport) => transport switch
    {
        SipTransport.Tls => "_sips._tcp." + _host,
        SipTransport.Tcp => "_sip._tcp." + _host,
        _ => "_sip._udp." + _host,
    };

    private void TakeNaptrs(IReadOnlyList<NaptrRecord> records)
    {
        foreach (var record in records.Take(MaxRecords).OrderBy(r => r.Order).ThenBy(r => r.Preference))
        {
            var transport = record.Service.ToUpperInvariant() switch
            {
                "SIPS+D2T" => SipTransport.Tls,
                "SIP+D2T" => SipTransport.Tcp,
                "SIP+D2U" => SipTransport.Udp,
                _ => SipTransport.Unknown,
            };
            if (string.Equals(record.Flags, "s", StringComparison.OrdinalIgnoreCase) && _supported.Contains(transport))
                _services.Enqueue((transport, record.Replacement.TrimEnd('.')));
        }
        if (_services.Count > 0)
            return;
        // No NAPTR: the SRV of each transport that we have. Plain SIP is not sent by TLS unless it is asked for.
        foreach (var transport in _supported)
        {
            if (_secure || transport != SipTransport.Tls)
                _services.Enqueue((transport, ServiceName(transport)));
        }
    }

    /// <summary>By priority; within one, drawn by weight (<see href="https://www.rfc-editor.org/rfc/rfc2782">RFC 2782</see>).</summary>
    private void TakeServices(IReadOnlyList<SrvRecord> records)
    {
        var (transport, _) = _services.Dequeue();
        // A single record with the target "." says that the service is decidedly not there.
        foreach (var group in records.Take(MaxRecords).Where(r => r.Target is not ("." or "")).GroupBy(r => r.Priority).OrderBy(g => g.Key))
        {
            var left = group.OrderBy(r => r.Weight).ToList();
            while (left.Count > 0)
            {
                var chosen = Draw(left);
                left.Remove(chosen);
                _hosts.Enqueue((transport, chosen.Target.TrimEnd('.'), chosen.Port));
            }
        }
        if (_services.Count > 0 || _hosts.Count > 0 || records.Count > 0)
            return;
        // No SRV at all: the name itself (§4.2), by the transport that was named, else by UDP where we have it (§4.1).
        var fallback = _named != SipTransport.Unknown || _secure || !_supported.Contains(SipTransport.Udp) ? transport : SipTransport.Udp;
        _hosts.Enqueue((fallback, _host, fallback.DefaultPort()));
    }

    private SrvRecord Draw(List<SrvRecord> records)
    {
        var total = records.Sum(r => Math.Max(r.Weight, 0));
        var point = _below(total + 1);
        foreach (var record in records)
        {
            point -= Math.Max(record.Weight, 0);
            if (point <= 0)
                return record;
        }
        return records[^1];
    }

    private void TakeAddresses(IReadOnlyList<IPAddress> addresses)
    {
        var (transport, _, port) = _hosts.Dequeue();
        foreach (var address in addresses.Take(MaxRecords))
            AddTarget(new SipTarget(transport, new IPEndPoint(address, port)));
    }

    private void AddTarget(SipTarget target)
    {
        if (_targets.Count < MaxRecords && !_targets.Contains(target))
            _targets.Add(target);
    }

    private void Next()
    {
        Question = null;
        if (_services.TryPeek(out var service))
        {
            Question = new LocatorQuestion(DnsKind.Srv, service.Name);
            return;
        }
        while (_hosts.TryPeek(out var host))
        {
            if (!IPAddress.TryParse(host.Host.Trim('[', ']'), out var address))
            {
                Question = new LocatorQuestion(DnsKind.Address, host.Host);
                return;
            }
            _hosts.Dequeue();
            AddTarget(new SipTarget(host.Transport, new IPEndPoint(address, host.Port)));
        }
    }
}
