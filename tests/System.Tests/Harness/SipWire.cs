using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Webphone.System.Tests.Harness;

/// <summary>A UDP socket, a TCP connection or a WebSocket to the server that carries SIP text both ways.</summary>
public sealed class SipWire : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly Func<ReadOnlyMemory<byte>, Task> _send;
    private readonly IDisposable _socket;
    private readonly Lock _gate = new();
    private readonly List<SipText> _received = [];
    private readonly TaskCompletionSource _closed = New();
    private TaskCompletionSource _changed = New();

    private SipWire(IDisposable socket, Func<ReadOnlyMemory<byte>, Task> send, IPEndPoint local, string transport)
    {
        _socket = socket;
        _send = send;
        Local = local;
        Transport = transport;
    }

    public IPEndPoint Local { get; }

    public string Transport { get; }

    /// <summary>Whether the other side has closed the connection.</summary>
    public Task Closed => _closed.Task;

    public static SipWire Udp(string server, int port, string local = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Parse(local), 0));
        var there = new IPEndPoint(IPAddress.Parse(server), port);
        var wire = new SipWire(socket, async bytes => await socket.SendToAsync(bytes, there), (IPEndPoint)socket.LocalEndPoint!, "UDP");
        _ = wire.ReceiveDatagramsAsync(socket);
        return wire;
    }

    public static async Task<SipWire> TcpAsync(string server, int port, string local = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(local), 0));
        var there = new IPEndPoint(IPAddress.Parse(server), port);
        await socket.ConnectAsync(there);
        var wire = new SipWire(socket, async bytes => await socket.SendAsync(bytes), (IPEndPoint)socket.LocalEndPoint!, "TCP");
        _ = wire.ReceiveStreamAsync(socket);
        return wire;
    }

    /// <summary>SIP over WebSocket (RFC 7118) on the web port.</summary>
    public static async Task<SipWire> WebSocketAsync(Uri address)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("sip");
        await socket.ConnectAsync(address, CancellationToken.None);
        var wire = new SipWire(
            socket, bytes => socket.SendAsync(bytes, WebSocketMessageType.Text, true, CancellationToken.None).AsTask(), new IPEndPoint(IPAddress.Loopback, 9), "WS");
        _ = wire.ReceiveWebSocketAsync(socket);
        return wire;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => _send(bytes);

    /// <summary>The next message that fits, received already or to come; it is taken out. Null when none came.</summary>
    public async Task<SipText?> TryReceiveAsync(Func<SipText, bool> fits, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                var at = _received.FindIndex(m => fits(m));
                if (at >= 0)
                {
                    var found = _received[at];
                    _received.RemoveAt(at);
                    return found;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    public async Task<SipText> ReceiveAsync(Func<SipText, bool> fits, string what, TimeSpan? limit = null)
    {
        var message = await TryReceiveAsync(fits, limit ?? Patience);
        if (message is null)
        {
            lock (_gate)
            {
                Assert.Fail($"no {what} came; unread: {string.Join(" | ", _received.Select(m => m.StartLine))}");
            }
        }

        return message;
    }

    /// <summary>Sends a request other than INVITE and returns what answers it; a datagram is sent again, as a phone would, when it may have been lost.</summary>
    public async Task<SipText> AskAsync(string request, Func<SipText, bool> answers, string what)
    {
        await SendAsync(request);
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        for (var pause = TimeSpan.FromSeconds(1); Transport == "UDP" && Environment.TickCount64 < end; pause *= 2)
        {
            if (await TryReceiveAsync(answers, pause) is { } answer)
            {
                return answer;
            }

            await SendAsync(request);
        }

        return await ReceiveAsync(answers, what);
    }

    public void Dispose() => _socket.Dispose();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Add(SipText message)
    {
        lock (_gate)
        {
            _received.Add(message);
            var changed = _changed;
            _changed = New();
            changed.TrySetResult();
        }
    }

    private async Task ReceiveDatagramsAsync(Socket socket)
    {
        var buffer = new byte[65536];
        while (true)
        {
            try
            {
                var read = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                if (SipText.TryParse(Encoding.UTF8.GetString(buffer, 0, read.ReceivedBytes)) is { } message)
                {
                    Add(message);
                }
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // The server is down for the moment; a restart test talks on.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                _closed.TrySetResult();
                return;
            }
        }
    }

    private async Task ReceiveStreamAsync(Socket socket)
    {
        var text = new List<byte>();
        var buffer = new byte[65536];
        try
        {
            int read;
            while ((read = await socket.ReceiveAsync(buffer)) > 0)
            {
                text.AddRange(buffer.AsSpan(0, read));
                while (TakeMessage(text) is { } message)
                {
                    Add(message);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset counts as closed.
        }

        _closed.TrySetResult();
    }

    private async Task ReceiveWebSocketAsync(ClientWebSocket socket)
    {
        var buffer = new byte[65536];
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer, CancellationToken.None);
                if (read.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                if (SipText.TryParse(Encoding.UTF8.GetString(buffer, 0, read.Count)) is { } message)
                {
                    Add(message);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Reset counts as closed.
        }

        _closed.TrySetResult();
    }

    private static SipText? TakeMessage(List<byte> bytes)
    {
        while (bytes.Count >= 2 && bytes[0] == '\r' && bytes[1] == '\n')
        {
            bytes.RemoveRange(0, 2);
        }

        var text = Encoding.UTF8.GetString([.. bytes]);
        var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0 || SipText.TryParse(text[..(head + 4)]) is not { } message)
        {
            return null;
        }

        var length = head + 4 + (int.TryParse(message["Content-Length"], out var body) ? body : 0);
        if (bytes.Count < length)
        {
            return null;
        }

        var whole = Encoding.UTF8.GetString([.. bytes.Take(length)]);
        bytes.RemoveRange(0, length);
        return SipText.TryParse(whole);
    }
}
