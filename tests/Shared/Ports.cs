using System.Net;
using System.Net.Sockets;

namespace Webphone.Tests.Shared;

/// <summary>
/// Ports that nothing on this machine holds, below those that the system itself hands to sockets without a port (ip(7), ip_local_port_range):
/// one of these may be taken between choice and use, by a browser's connection for example. What was handed out lately is not handed out again.
/// </summary>
internal static class Ports
{
    private const int First = 10_000;
    private const int Lately = 8_000;
    private static readonly int Last = FirstOfTheSystem();
    private static readonly Lock Gate = new();
    private static readonly Queue<int> HandedOut = [];
    private static int _next = First + Random.Shared.Next(0, (Last - First) / 1000) * 1000;

    /// <summary>A port free for UDP and for TCP.</summary>
    public static int Free() => FreeRange(1);

    /// <summary>The first of <paramref name="count"/> neighbouring free ports; even when there is more than one.</summary>
    public static int FreeRange(int count)
    {
        lock (Gate)
        {
            for (var attempt = 0; attempt < 10_000; attempt++)
            {
                if (_next + count > Last)
                {
                    _next = First;
                }

                var first = count > 1 ? (_next + 1) & ~1 : _next;
                var range = Enumerable.Range(first, count);
                if (range.LastOrDefault(port => HandedOut.Contains(port) || !IsFree(port)) is var taken and > 0)
                {
                    _next = taken + 1;
                    continue;
                }

                _next = first + count;
                foreach (var port in range)
                {
                    HandedOut.Enqueue(port);
                }

                while (HandedOut.Count > Lately)
                {
                    HandedOut.Dequeue();
                }

                return first;
            }
        }

        throw new InvalidOperationException("no free ports");
    }

    private static int FirstOfTheSystem()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        return File.Exists(Range) && int.TryParse(File.ReadAllText(Range).Split()[0], out var first) && first > First + 2 * Lately ? first : 32_768;
    }

    private static bool IsFree(int port) => IsFree(IPAddress.Any, port) && (!Socket.OSSupportsIPv6 || IsFree(IPAddress.IPv6Any, port));

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(address, port));
            using var tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
