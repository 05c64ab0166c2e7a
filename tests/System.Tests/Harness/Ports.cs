using System.Net;
using System.Net.Sockets;

namespace Webphone.System.Tests.Harness;

/// <summary>
/// Ports that nothing on this machine holds. What was handed out lately is not handed out again: its taker may not have opened it yet.
/// </summary>
public static class Ports
{
    private const int First = 41_000;
    private const int Last = 60_000;
    private const int Lately = 8_000;
    private static readonly Lock Gate = new();
    private static readonly Queue<int> HandedOut = [];
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
                var range = Enumerable.Range(first, count);
                if (range.Any(HandedOut.Contains) || !range.All(IsFree))
                {
                    continue;
                }

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
