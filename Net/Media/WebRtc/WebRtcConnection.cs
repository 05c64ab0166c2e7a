using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Webphone.Media.Endpoints;
using Webphone.Media.Ice;

namespace Webphone.Net.Media.WebRtc;

/// <summary>
/// One TCP connection of a peer, of frames with their length before them (RFC 4571). It lives as long as a check in time has proved whose it is. What cannot
/// be written at once waits in a bounded buffer, and what does not fit is lost, as it is on UDP.
/// </summary>
internal sealed class WebRtcConnection : WebRtcPath
{
    private const int Header = 2;
    private const int Waiting = 16 * 1024;

    private readonly WebRtcPort _port;
    private readonly Socket _socket;
    private readonly Lock _sending = new();
    private readonly byte[] _out = new byte[Waiting];
    private int _outLength;
    private bool _closed;
    private bool _flushing;

    public WebRtcConnection(WebRtcPort port, Socket socket, IPEndPoint remote)
        : base(new IcePath(TransportAddress.From(remote), port.NextLink()))
    {
        _port = port;
        _socket = socket;
        socket.NoDelay = true;
        socket.Blocking = false;
    }

    /// <summary>Reads frames until the connection ends, breaks the framing, or has proved nothing in time.</summary>
    public async Task Run()
    {
        var unread = new byte[MediaLoop.BufferSize + Header];
        var frame = new byte[MediaLoop.BufferSize];
        var filled = 0;
        var proved = false;
        using var deadline = new CancellationTokenSource(_port.Settings.TimeToProve);
        while (true)
        {
            int read;
            try
            {
                read = await _socket.ReceiveAsync(unread.AsMemory(filled), SocketFlags.None, proved ? default : deadline.Token);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                if (!proved)
                    _port.Counters.Count(WebRtcDrop.RefusedConnection);
                return;
            }
            if (read == 0)
                return;
            filled += read;
            var taken = TakeFrames(unread.AsSpan(0, filled), frame, ref proved);
            if (taken < 0)
                return;
            unread.AsSpan(taken, filled - taken).CopyTo(unread);
            filled -= taken;
        }
    }

    public override bool Send(ReadOnlySpan<byte> datagram)
    {
        lock (_sending)
        {
            if (_closed || _outLength + Header + datagram.Length > _out.Length)
                return false;
            BinaryPrimitives.WriteUInt16BigEndian(_out.AsSpan(_outLength), (ushort)datagram.Length);
            datagram.CopyTo(_out.AsSpan(_outLength + Header));
            _outLength += Header + datagram.Length;
            if (!_flushing)
                Write();
            return true;
        }
    }

    /// <summary>The transport that it belonged to is gone, and nothing else can come by it.</summary>
    public override void Forget() => Close();

    public void Close()
    {
        lock (_sending)
        {
            if (_closed)
                return;
            _closed = true;
        }
        _socket.Dispose();
        Owner?.Leg.Lose(this);
    }

    /// <summary>Gives the bytes that were taken, or -1 when they are no frames.</summary>
    private int TakeFrames(Span<byte> bytes, byte[] frame, ref bool proved)
    {
        var taken = 0;
        while (bytes.Length - taken >= Header)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[taken..]);
            if (length > MediaLoop.MaxDatagram)
            {
                _port.Counters.Count(WebRtcDrop.Junk);
                return -1;
            }
            if (bytes.Length - taken < Header + length)
                break;
            bytes.Slice(taken + Header, length).CopyTo(frame);
            proved |= _port.Take(frame, length, this, Where, socket: null);
            taken += Header + length;
        }
        return taken;
    }

    /// <summary>Writes what waits; what the system does not take yet is written when it does. The lock is held.</summary>
    private void Write()
    {
        while (_outLength > 0)
        {
            var sent = _socket.Send(_out.AsSpan(0, _outLength), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                _flushing = true;
                _ = WriteLater();
                return;
            }
            if (error != SocketError.Success || sent <= 0)
            {
                _outLength = 0;
                return;
            }
            _out.AsSpan(sent, _outLength - sent).CopyTo(_out);
            _outLength -= sent;
        }
    }

    private async Task WriteLater()
    {
        var chunk = new byte[Waiting];
        while (true)
        {
            int length;
            lock (_sending)
            {
                length = _closed ? 0 : _outLength;
                _out.AsSpan(0, length).CopyTo(chunk);
                _outLength = 0;
                if (length == 0)
                {
                    _flushing = false;
                    return;
                }
            }
            try
            {
                for (var sent = 0; sent < length;)
                    sent += await _socket.SendAsync(chunk.AsMemory(sent, length - sent), SocketFlags.None);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                Close();
                return;
            }
        }
    }
}
