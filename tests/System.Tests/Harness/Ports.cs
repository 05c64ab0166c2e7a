using System.Net;
using System.Net.Sockets;

namespace Webphone.System.Tests.Harness;

/// <summary>Ports that nothing on this machine holds, handed out once in this process.</summary>
public static class Ports
{
    private const int First = 41000;
    private const int Last = 60000;
    private static readonly Lock Gate = new();
    private static int _next = First + Random.Shared.Next(0, 15) * 1000;

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
                _next = first + count;
                if (Enumerable.Range(first, count).All(IsFree))
                {
                    return first;
                }
            }
        }

        throw new InvalidOperationException("no free ports");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Any, port));
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
