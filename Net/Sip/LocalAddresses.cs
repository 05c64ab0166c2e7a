using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Webphone.Net.Sip;

/// <summary>The address, as text, under which the other side of a flow reaches us: the advertised one, the one bound, or with a wildcard the one that the routes lead out by.</summary>
internal sealed class LocalAddresses(string? advertisedHost)
{
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<(IPAddress Remote, int Port), byte[]> _byRemote = new();

    /// <summary>host:port for a listener or connection whose local end is known, or null when it depends on the remote end.</summary>
    public byte[]? Fixed(IPEndPoint local) =>
        advertisedHost is not null ? Encoding.ASCII.GetBytes($"{Bracket(advertisedHost)}:{local.Port}")
        : local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any) ? null
        : Encoding.ASCII.GetBytes(Unmap(local).ToString());

    /// <summary>host:port towards a remote address, from a socket that is bound to the wildcard.</summary>
    public byte[] Towards(IPAddress remote, IPEndPoint local)
    {
        var key = (remote, local.Port);
        if (_byRemote.TryGetValue(key, out var known))
            return known;
        if (_byRemote.Count >= MaxRemembered)
            _byRemote.Clear();
        return _byRemote[key] = Encoding.ASCII.GetBytes(new IPEndPoint(Source(remote), local.Port).ToString());
    }

    /// <summary>The source address that the system would choose. Connecting a datagram socket sends nothing.</summary>
    private static IPAddress Source(IPAddress remote)
    {
        try
        {
            using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(remote, 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        }
    }

    private static IPEndPoint Unmap(IPEndPoint local) =>
        local.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(local.Address.MapToIPv4(), local.Port) : local;

    private static string Bracket(string host) => host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
}
