using System.Security.Cryptography;
using System.Text;
using Webphone.Media.Codecs;
using Webphone.Media.Dtmf;
using Webphone.Media.Endpoints;
using Webphone.Media.Rtcp;

namespace Webphone.Net.Media;

/// <summary>
/// What an endpoint receives: judges each datagram on the loop that read it, and brings the leg's packets to whoever hears the leg. All of it happens under the gate
/// of the endpoint's port.
/// </summary>
internal sealed class MediaReceiver : IDatagramSink, IDisposable
{
    private readonly MediaEndpoint _endpoint;
    private readonly MediaConnection _connection;
    private readonly MediaSender _sender;
    private readonly ObserverQueue? _observer;
    private readonly MediaClock _clock;
    private readonly InboundStream _stream = new();
    private readonly RtcpSession _rtcp;
    private readonly byte _variation;
    private TimeSpan _nextReport;
    private MediaDirection _direction;
    private AudioCodec? _followed;
    private bool _described;
    private bool _silenceReported;

    public MediaReceiver(MediaEndpoint endpoint, uint ssrc, MediaConnection connection, MediaSender sender, ObserverQueue? observer, MediaClock clock)
    {
        _endpoint = endpoint;
        _connection = connection;
        _sender = sender;
        _observer = observer;
        _clock = clock;
        Span<byte> random = stackalloc byte[9];
        RandomNumberGenerator.Fill(random);
        _rtcp = new RtcpSession(ssrc, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(random[..8])));
        _variation = random[8];
        _nextReport = clock.Now + RtcpSession.NextInterval(_variation);
        _stream.MarkHeard(clock.Now);
    }

    /// <summary>When the leg was last heard.</summary>
    public TimeSpan LastHeard => _stream.LastHeard;

    /// <summary>Whether the leg should be sending.</summary>
    public bool ExpectsMedia => _direction is MediaDirection.SendReceive or MediaDirection.ReceiveOnly;

    /// <summary>Where the leg's RTP really comes from; null until it is sure.</summary>
    public TransportAddress? Source => _stream.Latch.IsLocked ? _stream.Latch.Source : null;

    public EndpointStatistics Statistics
    {
        get
        {
            var (sent, failures) = _sender.Sent;
            return new EndpointStatistics
            {
                PacketsReceived = _stream.Statistics.Received,
                PacketsSent = sent,
                PacketsLost = _stream.Statistics.Lost,
                Jitter = _stream.Statistics.Jitter,
                RemoteLost = _rtcp.RemoteLost,
                RoundTrip = _rtcp.RoundTrip,
                Drops = _stream.Drops,
                SendFailures = failures,
            };
        }
    }

    /// <summary>Takes what both descriptions agreed on, for both directions.</summary>
    public void Apply(LocalMedia local, RemoteMedia remote, bool anyAddress)
    {
        _described = true;
        _followed = null;
        _stream.Apply(local, remote, anyAddress, _clock.Now);
        ExpectAnew();
        _sender.Apply(local, remote, _stream.Latch);
    }

    public void SetDirection(MediaDirection direction)
    {
        _direction = direction;
        ExpectAnew();
        _sender.SetDirection(direction);
    }

    public void OnDatagram(Span<byte> buffer, int length, TransportAddress from, bool isRtcp)
    {
        var now = _clock.Now;
        if (isRtcp)
        {
            ReceiveRtcp(buffer[..length], from, now);
            return;
        }
        var packet = _stream.Receive(buffer[..length], from, now);
        if (packet.Kind == InboundKind.Rtcp)
            ReceiveRtcp(buffer[..length], from, now);
        if (packet.Kind is not (InboundKind.Audio or InboundKind.Event))
            return;
        if (packet.Moved)
            _sender.Follow(_stream.Latch);
        if (packet.BeginsDigit && DtmfDigit.TryFromEvent(packet.Event.Event, out var digit))
        {
            _observer?.TellDigit(digit);
            _connection.Member?.Mix.PassDigit(_connection.Member, digit);
        }
        _silenceReported = false;
        if (ExpectsMedia)
            PassOn(buffer, packet, now);
    }

    /// <summary>Sends the report that is due; true when the leg, which should be sending, has been silent for the time given, once for each silence.</summary>
    /// <param name="timeout">Zero for as long as it likes.</param>
    /// <param name="now">The loop's time.</param>
    public bool OnSecond(TimeSpan timeout, TimeSpan now)
    {
        if (now >= _nextReport)
        {
            Report(now, leaving: false);
            _nextReport = now + RtcpSession.NextInterval(_variation);
        }
        if (timeout <= TimeSpan.Zero || _silenceReported || !_described || _direction != MediaDirection.SendReceive || now - LastHeard < timeout)
            return false;
        return _silenceReported = true;
    }

    /// <summary>Says goodbye by RTCP.</summary>
    public void Leave() => Report(_clock.Now, leaving: true);

    public void Dispose() => _stream.Dispose();

    /// <summary>Brings a packet to whoever hears the leg.</summary>
    private void PassOn(Span<byte> buffer, in InboundPacket packet, TimeSpan now)
    {
        if (packet.Kind == InboundKind.Audio && _connection.IsHeard && _endpoint.Recorder is { } recorder)
            recorder.PutOwn(packet.Codec, packet.Header, buffer.Slice(packet.Header.PayloadOffset, packet.Header.PayloadLength), now);
        if (_connection.Member is not { } member)
            _connection.Peer?.Forward(buffer, packet, ((ulong)_endpoint.Number << 32) | packet.Header.Ssrc, now);
        else if (packet.Kind == InboundKind.Audio)
            Say(member, buffer, packet, now);
    }

    /// <summary>Brings a packet to the mix. The end of a link has its leg's codec made for it, so that nothing need be transcoded where the leg is.</summary>
    private void Say(MixMember member, Span<byte> buffer, in InboundPacket packet, TimeSpan now)
    {
        if (_endpoint.Link is not null && _followed != packet.Codec)
        {
            _followed = packet.Codec;
            _sender.Prefer(packet.Codec);
        }
        member.Seat.Put(packet.Codec, packet.Header, buffer.Slice(packet.Header.PayloadOffset, packet.Header.PayloadLength), now, packet.Level);
    }

    private void ReceiveRtcp(Span<byte> datagram, TransportAddress from, TimeSpan now)
    {
        var length = _stream.ReceiveRtcp(datagram, from, now);
        if (length == 0)
            return;
        if (_rtcp.TryReceive(datagram[..length], _clock.WallClock, now))
            _stream.AcceptRtcp(now);
        else
            _stream.CountJunk();
    }

    private void Report(TimeSpan now, bool leaving) => _sender.Report(_rtcp, _stream.Statistics, _clock.WallClock, now, leaving);

    private void ExpectAnew()
    {
        _stream.MarkHeard(_clock.Now);
        _silenceReported = false;
    }
}
