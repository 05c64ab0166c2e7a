using System.Net;
using System.Net.Sockets;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Media.Rtp;
using Webphone.Media.Srtp;

namespace Webphone.Net.Tests.Media;

/// <summary>A phone's media: one socket, one stream out, and what comes in.</summary>
internal sealed class TestPhone : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly SrtpSender? _protect;
    private readonly SrtpReceiver? _unprotect;
    private readonly uint _ssrc = 1000;
    private ushort _sequence = 10;
    private uint _timestamp = 4000;

    public TestPhone(SrtpMasterKey? own = null, SrtpMasterKey? other = null)
    {
        _protect = own is null ? null : new SrtpSender(own);
        _unprotect = other is null ? null : new SrtpReceiver(other);
    }

    public IPEndPoint Address => (IPEndPoint)_socket.Client.LocalEndPoint!;

    public RemoteMedia Describe(AudioCodec codec, byte payloadType, byte? events = 101, SrtpMasterKey? key = null) => new()
    {
        Rtp = Address,
        Signalling = IPAddress.Loopback,
        Codecs = [new RtpCodec(codec, payloadType)],
        Events = events is { } number ? [new EventFormat(number, codec.ClockRate())] : [],
        Key = key,
    };

    public async Task Send(int port, byte payloadType, byte[] payload, bool advance = true)
    {
        var packet = new byte[RtpHeader.FixedSize + payload.Length + SrtpProfiles.MaxOverhead];
        new RtpHeader(payloadType, false, _sequence++, _timestamp, _ssrc).Write(packet);
        payload.CopyTo(packet, RtpHeader.FixedSize);
        var length = RtpHeader.FixedSize + payload.Length;
        length = _protect?.ProtectRtp(packet, length) ?? length;
        await _socket.SendAsync(packet.AsMemory(0, length), new IPEndPoint(IPAddress.Loopback, port));
        if (advance)
            _timestamp += 160;
    }

    public async Task SendRaw(int port, byte[] datagram) => await _socket.SendAsync(datagram, new IPEndPoint(IPAddress.Loopback, port));

    public async Task<(RtpHeader Header, byte[] Payload)> Receive()
    {
        using var limit = new CancellationTokenSource(Patience);
        var datagram = (await _socket.ReceiveAsync(limit.Token)).Buffer;
        if (_unprotect is not null)
        {
            Assert.Equal(SrtpResult.Accepted, _unprotect.UnprotectRtp(datagram, out var length));
            datagram = datagram[..length];
        }
        Assert.True(RtpHeader.TryParse(datagram, out var header, out _));
        return (header, datagram.AsSpan(header.PayloadOffset, header.PayloadLength).ToArray());
    }

    public void Dispose()
    {
        _socket.Dispose();
        _protect?.Dispose();
        _unprotect?.Dispose();
    }
}
