using System.Buffers;
using System.Net.WebSockets;
using Webphone.Net.Sip.Streams;

namespace Webphone.Net.Sip.WebSockets;

/// <summary>SIP over a WebSocket that was accepted with the subprotocol <c>sip</c> (<see href="https://www.rfc-editor.org/rfc/rfc7118">RFC 7118</see>): each WebSocket message is one SIP message.</summary>
internal sealed class WebSocketConnection(ConnectionSetup setup, WebSocket socket) : SipConnection(setup)
{
    private const int SmallBuffer = 4_096;
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(2);

    private byte[]? _buffer;
    private int _filled;

    protected override Task Open(CancellationToken closing) => Task.CompletedTask;

    protected override async Task Read(CancellationToken closing)
    {
        while (true)
        {
            if (_filled == 0)
            {
                DropBuffer();
                var none = await socket.ReceiveAsync(Memory<byte>.Empty, closing);
                if (none.MessageType == WebSocketMessageType.Close)
                    return;
            }
            MakeRoom();
            var received = await socket.ReceiveAsync(_buffer.AsMemory(_filled), closing);
            if (received.MessageType == WebSocketMessageType.Close)
                return;
            Began();
            _filled += received.Count;
            if (received.EndOfMessage)
                TakeMessage();
        }
    }

    /// <summary>Text, as browsers' SIP stacks expect it, unless the message is not UTF-8, which only a binary frame may carry.</summary>
    protected override ValueTask Write(ReadOnlyMemory<byte> message, CancellationToken closing)
    {
        var type = System.Text.Unicode.Utf8.IsValid(message.Span) ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        return socket.SendAsync(message, type, WebSocketMessageFlags.EndOfMessage, closing);
    }

    protected override async ValueTask Release()
    {
        DropBuffer();
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using var limit = new CancellationTokenSource(CloseTime);
                await socket.CloseOutputAsync(CloseStatus(), null, limit.Token);
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The peer is gone already; there is nobody to say goodbye to.
        }
        socket.Dispose();
    }

    private WebSocketCloseStatus CloseStatus() => End switch
    {
        FlowEnd.ServerStopped => WebSocketCloseStatus.EndpointUnavailable,
        FlowEnd.MessageTooLong => WebSocketCloseStatus.MessageTooBig,
        FlowEnd.TooManyMalformed => WebSocketCloseStatus.PolicyViolation,
        _ => WebSocketCloseStatus.NormalClosure,
    };

    private void TakeMessage()
    {
        var message = _buffer.AsSpan(0, _filled);
        _filled = 0;
        Deliver(message.TrimStart("\r\n"u8));
    }

    private void MakeRoom()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(SmallBuffer);
        if (_filled < _buffer.Length)
            return;
        if (_filled > Limits.MessageBytes)
            throw new ConnectionException(FlowEnd.MessageTooLong);
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void DropBuffer()
    {
        if (_buffer is null)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }
}
