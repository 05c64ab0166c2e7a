using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests.Fuzz;

/// <summary>
/// Sends broken messages over one connection after the other, each with a probe behind it, until enough have been taken. A server may close a
/// connection for what it was sent: what it had not come to then goes out again by the next.
/// </summary>
public sealed class FuzzSender(string transport, RunningSilo silo, FuzzMessages messages, FuzzCount count)
{
    private const int Batch = 16;

    /// <summary>An answer that is on its way takes this long at most; a message that asks for more bytes than it has takes for ever.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Queue<byte[]> _waiting = new();

    public async Task RunAsync(CancellationToken stop)
    {
        while (!count.IsDone && !stop.IsCancellationRequested)
        {
            FuzzConnection connection;
            using var limit = new CancellationTokenSource(LongestWait);
            try
            {
                connection = await FuzzConnection.OpenAsync(transport, silo, limit.Token);
            }
            catch (Exception e) when (IsRefusal(e))
            {
                count.NotOpened();
                continue;
            }

            using (connection)
            {
                count.Opened();
                await UseAsync(connection, stop);
            }
        }
    }

    private static bool IsRefusal(Exception e) =>
        e is IOException or SocketException or WebSocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException;

    private async Task UseAsync(FuzzConnection connection, CancellationToken stop)
    {
        var number = 0;
        while (!count.IsDone && !connection.IsClosed && !stop.IsCancellationRequested)
        {
            var first = number;
            var batch = new List<byte[]>(Batch);
            try
            {
                using var limit = new CancellationTokenSource(LongestWait);
                while (batch.Count < Batch)
                {
                    batch.Add(_waiting.TryDequeue(out var again) ? again : await messages.NextAsync());
                    await connection.SendAsync(batch[^1], limit.Token);
                    await connection.ProbeAsync(number++, limit.Token);
                }
            }
            catch (Exception e) when (IsRefusal(e))
            {
                // Closed for what it was sent; the answers tell how far the server had come.
            }

            if (!await connection.AnsweredAsync(first + batch.Count - 1, Quiet) && !await EndsHereAsync(connection, first, batch))
            {
                return;
            }

            count.Took(batch.Count);
        }
    }

    /// <summary>The last probe was not answered: counts what was taken, keeps what was not for the next connection. True for a datagram socket, which goes on.</summary>
    private async Task<bool> EndsHereAsync(FuzzConnection connection, int first, List<byte[]> batch)
    {
        if (transport == "udp")
        {
            // A lost datagram is no answer: asked again, and then again.
            for (var attempt = 0; attempt < 4; attempt++)
            {
                await connection.ProbeAsync(first + batch.Count - 1, CancellationToken.None);
                if (await connection.AnsweredAsync(first + batch.Count - 1, TimeSpan.FromSeconds(2)))
                {
                    return true;
                }
            }

            count.NotAnswered();
            return true;
        }

        var answered = Math.Clamp(connection.Answered - first + 1, 0, batch.Count);
        if (connection.IsClosed)
        {
            // It was closed for the next one.
            count.Took(Math.Min(answered + 1, batch.Count));
            batch.Skip(answered + 1).ToList().ForEach(_waiting.Enqueue);
        }
        else
        {
            count.Took(answered + 1);
            count.Swallow(Math.Max(0, batch.Count - answered - 1));
        }

        return false;
    }
}
