using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Webphone.Net.Sip.Tls;
using Webphone.Sip.Framing;
using Webphone.Sip.Messages;

namespace Webphone.Net.Sip.Streams;

/// <summary>SIP over TCP or TLS. A connection without a message under way holds no buffer, so that thousands of idle phones cost little.</summary>
internal sealed class StreamConnection : SipConnection
{
    private const int SmallBuffer = 4_096;

    private readonly Socket _socket;
    private readonly ITlsCertificate? _certificate;
    private readonly SslClientAuthenticationOptions? _client;
    private readonly SipStreamFramer _framer = new();
    private Stream _stream;
    private byte[]? _buffer;
    private int _filled;

    /// <param name="setup">What all connections have.</param>
    /// <param name="socket">Accepted already, or to be connected to the remote end.</param>
    /// <param name="certificate">What an accepted TLS connection presents.</param>
    /// <param name="client">How we check the peer when we open a TLS connection.</param>
    public StreamConnection(ConnectionSetup setup, Socket socket, ITlsCertificate? certificate, SslClientAuthenticationOptions? client)
        : base(setup)
    {
        _socket = socket;
        _certificate = certificate;
        _client = client;
        _stream = Stream.Null;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }

    protected override async Task Open(CancellationToken closing)
    {
        if (IsOutgoing)
            await Connect(closing);
        var network = new NetworkStream(_socket, ownsSocket: true);
        if (Transport is SipTransport.Tls)
            await Shake(network, closing);
        else
            _stream = network;
    }

    protected override async Task Read(CancellationToken closing)
    {
        while (true)
        {
            if (_filled == 0)
            {
                DropBuffer();
#pragma warning disable CA2022 // A read of nothing waits for bytes without holding a buffer for them.
                await _stream.ReadAsync(Memory<byte>.Empty, closing);
#pragma warning restore CA2022
            }
            _buffer ??= ArrayPool<byte>.Shared.Rent(SmallBuffer);
            var read = await _stream.ReadAsync(_buffer.AsMemory(_filled), closing);
            if (read == 0)
                return;
            Began();
            _filled += read;
            TakeMessages();
        }
    }

    protected override ValueTask Write(ReadOnlyMemory<byte> message, CancellationToken closing) => _stream.WriteAsync(message, closing);

    protected override async ValueTask Release()
    {
        DropBuffer();
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task Connect(CancellationToken closing)
    {
        try
        {
            await _socket.ConnectAsync(Remote, closing);
        }
        catch (SocketException)
        {
            throw new ConnectionException(FlowEnd.ConnectFailed);
        }
    }

    private async Task Shake(NetworkStream network, CancellationToken closing)
    {
        var tls = new SslStream(network);
        _stream = tls;
        Began();
        try
        {
            if (_certificate is not null)
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = _certificate.Current }, closing);
            else
                await tls.AuthenticateAsClientAsync(_client!, closing);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            throw new ConnectionException(FlowEnd.HandshakeFailed);
        }
        Rest();
    }

    private void TakeMessages()
    {
        var start = 0;
        while (start < _filled)
        {
            var buffered = _buffer.AsSpan(start, _filled - start);
            var frame = _framer.Next(buffered);
            if (frame.Kind is SipFrameKind.NeedMore)
                break;
            Take(frame, buffered);
            start += frame.Consumed;
        }
        _filled -= start;
        if (_filled == 0)
            Rest();
        else
            MakeRoom(start);
    }

    private void Take(in SipFrame frame, ReadOnlySpan<byte> buffered)
    {
        switch (frame.Kind)
        {
            case SipFrameKind.Message:
                Deliver(buffered.Slice(frame.Start, frame.Length));
                break;
            case SipFrameKind.Ping:
                Deliver(default);
                break;
            case SipFrameKind.Malformed:
                // The head gets its answer; what follows it cannot be told apart any more.
                if (frame.Length > 0)
                    Deliver(buffered.Slice(frame.Start, frame.Length));
                throw new ConnectionException(IsTooLong(frame.Error.Reason) ? FlowEnd.MessageTooLong : FlowEnd.TooManyMalformed);
        }
    }

    private static bool IsTooLong(SipParseReason reason) =>
        reason is SipParseReason.HeadTooLarge or SipParseReason.BodyTooLarge or SipParseReason.MessageTooLarge;

    private void MakeRoom(int start)
    {
        var buffer = _buffer!;
        if (start > 0)
            buffer.AsSpan(start, _filled).CopyTo(buffer);
        if (_filled > Limits.MessageBytes)
            throw new ConnectionException(FlowEnd.MessageTooLong);
        if (_filled < buffer.Length)
            return;
        _buffer = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, _filled).CopyTo(_buffer);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void DropBuffer()
    {
        if (_buffer is null)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }
}
