using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests.Fuzz;

/// <summary>A connection, or a datagram socket, that broken messages go out by; it notes which probes were answered, and when the server closed it.</summary>
public sealed class FuzzConnection : IDisposable
{
    private readonly IDisposable _socket;
    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> _send;
    private readonly Func<Memory<byte>, ValueTask<int>> _receive;
    private readonly string _run = SipPeer.Token();
    private readonly string _transport;
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();

    private FuzzConnection(
        string transport, IDisposable socket, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, Func<Memory<byte>, ValueTask<int>> receive)
    {
        (_transport, _socket, _send, _receive) = (transport, socket, send, receive);
        _ = ReceiveAsync();
    }

    /// <summary>The highest number of a probe that was answered, -1 for none.</summary>
    public int Answered { get; private set; } = -1;

    public bool IsClosed { get; private set; }

    public static async Task<FuzzConnection> OpenAsync(string transport, RunningSilo silo, CancellationToken limit)
    {
        switch (transport)
        {
            case "udp":
                var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 21 };
                await datagrams.ConnectAsync(IPAddress.Parse(silo.Address), silo.SipPort, limit);
                return new("UDP", datagrams, async (bytes, stop) => await datagrams.SendAsync(bytes, stop), into => ReceiveDatagramAsync(datagrams, into));
            case "ws":
                var web = new ClientWebSocket();
                web.Options.AddSubProtocol("sip");
                await web.ConnectAsync(new Uri($"ws://{silo.Address}:{silo.WebPort}/sip"), limit);
                return new("WS", web, (bytes, stop) => web.SendAsync(bytes, WebSocketMessageType.Binary, true, stop), into => ReceiveFrameAsync(web, into));
            default:
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                Stream? stream = null;
                try
                {
                    await socket.ConnectAsync(IPAddress.Parse(silo.Address), transport == "tls" ? silo.SipsPort : silo.SipPort, limit);
                    stream = new NetworkStream(socket, ownsSocket: true);
                    if (transport == "tls")
                    {
                        stream = await ShakeAsync(stream, limit);
                    }
                }
                catch
                {
                    stream?.Dispose();
                    socket.Dispose();
                    throw;
                }

                return new(transport == "tls" ? "TLS" : "TCP", stream, stream.WriteAsync, into => stream.ReadAsync(into));
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken limit) => _send(message, limit);

    public ValueTask ProbeAsync(int number, CancellationToken limit) => _send(FuzzProbe.Request(_transport, _run, number), limit);

    /// <summary>Waits until the probe is answered (true), the connection is closed, or this long nothing more has come.</summary>
    public async Task<bool> AnsweredAsync(int number, TimeSpan quiet)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (Answered >= number || IsClosed)
                {
                    return Answered >= number;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(quiet);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task<Stream> ShakeAsync(Stream stream, CancellationToken limit)
    {
        // The server under test has a certificate of its own making; nothing secret is said to it.
#pragma warning disable CA5359
        var tls = new SslStream(stream, false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, limit);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask<int> ReceiveDatagramAsync(Socket socket, Memory<byte> into)
    {
        while (true)
        {
            // Nothing in a datagram would look like the end of a stream.
            if (await socket.ReceiveAsync(into) is var read and > 0)
            {
                return read;
            }
        }
    }

    private static async ValueTask<int> ReceiveFrameAsync(ClientWebSocket socket, Memory<byte> into)
    {
        var read = await socket.ReceiveAsync(into, CancellationToken.None);
        return read.MessageType == WebSocketMessageType.Close ? 0 : read.Count;
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[65536];
        var text = "";
        try
        {
            int read;
            while ((read = await _receive(buffer)) > 0)
            {
                text += Encoding.Latin1.GetString(buffer, 0, read);
                Note(FuzzProbe.Answers(text, _run).DefaultIfEmpty(-1).Max(), closed: false);
                text = text[Math.Max(text.LastIndexOf('\n') + 1, text.Length - 200)..];
            }
        }
        catch (Exception e) when (e is IOException or SocketException or WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Reset counts as closed.
        }

        Note(-1, closed: true);
    }

    private void Note(int answered, bool closed)
    {
        lock (_gate)
        {
            Answered = Math.Max(Answered, answered);
            IsClosed |= closed;
            var changed = _changed;
            _changed = New();
            changed.TrySetResult();
        }
    }
}
