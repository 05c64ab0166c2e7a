using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Webphone.Grains.Media;
using Webphone.Media.Dtls;
using Webphone.Net.Media.WebRtc;
using Webphone.Silo.Edges;
using Webphone.Sip.Sdp;

namespace Webphone.Silo.SipEdge.Media;

/// <summary>
/// The offers and answers of one leg, and its endpoint, which follows them. The leg's user holds by an offer that takes our sending away, in either style
/// (sendonly or inactive, or the address 0.0.0.0).
/// </summary>
internal sealed class LegMedia
{
    private const int KeyAndSaltBytes = 30;

    private const string Mid = "0";

    private readonly ILegEndpoint _endpoint;
    private readonly IWebRtcEndpoint? _webRtc;
    private readonly IReadOnlyList<LegCodec> _codecs;
    private readonly IPAddress _signalling;
    private readonly SdpConnection _address;
    private readonly SdpOrigin _origin;
    private IReadOnlyList<SdpCrypto>? _cryptos;
    private SdpCapabilities? _offered;
    private SdpSession? _local;
    private SdpSession? _remoteOffer;
    private SdpCodec? _spoken;
    private SdpDirection _direction = SdpDirection.SendRecv;
    private bool _held;
    private bool _secure;
    private RemoteTransport? _peer;

    /// <param name="endpoint">Not owned but released with the leg.</param>
    /// <param name="codecs">What legs may speak.</param>
    /// <param name="signalling">Where the phone's signalling comes from.</param>
    public LegMedia(ILegEndpoint endpoint, IReadOnlyList<LegCodec> codecs, IPAddress signalling)
    {
        _endpoint = endpoint;
        _webRtc = endpoint as IWebRtcEndpoint;
        _codecs = codecs;
        _signalling = signalling;
        _address = SdpConnection.Of(endpoint.Local.Address);
        _origin = new SdpOrigin("-", (ulong)RandomNumberGenerator.GetInt32(1, int.MaxValue), 1, _address);
    }

    public EndpointId Id => _endpoint.Id;

    public bool IsWebRtc => _webRtc is not null;

    /// <summary>The codec that was settled on.</summary>
    public MediaCodec Spoken => _spoken is { } spoken ? MediaCodecOf(spoken) : default;

    /// <summary>Makes the endpoint; null when the engine has no more, or none of that kind.</summary>
    /// <param name="endpoints">The engine.</param>
    /// <param name="signalling">Where the phone's signalling comes from.</param>
    /// <param name="tenant">Whose leg it is.</param>
    /// <param name="listener">The leg.</param>
    /// <param name="webRtc">Whether the phone speaks WebRTC.</param>
    public static LegMedia? Create(ILegEndpoints endpoints, IPAddress signalling, string tenant, ILegMediaListener listener, bool webRtc)
    {
        var endpoint = webRtc ? endpoints.CreateWebRtc(tenant, listener) : endpoints.Create(tenant, signalling.AddressFamily, listener);
        return endpoint is null ? null : new LegMedia(endpoint, endpoints.Codecs, signalling);
    }

    /// <summary>Keeps the phone's offer for the answer; false when nothing in it can be taken. The codecs are those of it that we know, in its order.</summary>
    public bool TryTakeOffer(ReadOnlyMemory<byte> body, out ImmutableArray<MediaCodec> codecs) => TryTakeOffer(body, out codecs, out _);

    /// <summary>The same, with the reason of a refusal, for a log.</summary>
    public bool TryTakeOffer(ReadOnlyMemory<byte> body, out ImmutableArray<MediaCodec> codecs, out string error)
    {
        codecs = [];
        error = "";
        if (!SdpSession.TryParse(body.Span, out var offer, out var mistake))
            error = $"{mistake.Reason} in line {mistake.Line}";
        else if (SdpNegotiation.Answer(offer!, Capabilities(All, offer), _origin) is not { } possible)
            error = "no audio that we speak";
        else if (TryReadPeer(offer!, possible.Agreement.MediaIndex, isOffer: true, out error))
            codecs = Keep(offer!, possible.Agreement.MediaIndex);
        return error.Length == 0;
    }

    private ImmutableArray<MediaCodec> Keep(SdpSession offer, int index)
    {
        _remoteOffer = offer;
        return [.. offer.Media[index].Codecs.Where(codec => All.Any(codec.Matches)).Select(MediaCodecOf)];
    }

    /// <summary>Answers the offer that was kept, with the preferred codec where the phone offered it, else its best that we can transcode.</summary>
    public ReadOnlyMemory<byte> Answer(MediaCodec? preferred)
    {
        var spoken = preferred is { } codec ? All.Find(known => MediaCodecOf(known) == codec) : null;
        var able = _codecs.Where(known => known.CanTranscode || known.Codec == spoken).Select(known => known.Codec).ToList();
        var answer = SdpNegotiation.Answer(_remoteOffer!, Capabilities(able, _remoteOffer), _origin, spoken, _local)
            ?? SdpNegotiation.Answer(_remoteOffer!, Capabilities(All, _remoteOffer), _origin, previous: _local)!;
        return Settle(answer, _remoteOffer!);
    }

    /// <summary>Our offer: the given codecs first, then what we can turn into them. In a running session it is what is in force.</summary>
    public ReadOnlyMemory<byte> Offer(ImmutableArray<MediaCodec> first)
    {
        var codecs = new List<SdpCodec>(_codecs.Count);
        if (_spoken is not null)
            codecs.Add(All.Find(_spoken.Matches)!);
        codecs.AddRange(first.Select(codec => All.Find(known => MediaCodecOf(known) == codec)).OfType<SdpCodec>());
        codecs.AddRange(_codecs.Where(known => known.CanTranscode).Select(known => known.Codec));
        _offered = Capabilities([.. codecs.Distinct()], null);
        _local = SdpNegotiation.Offer(_offered, _origin, _local);
        return _local.ToBytes();
    }

    /// <summary>The phone wants none of our plain offer: the next one has keys (RFC 4568). False when the last had them already.</summary>
    public bool TrySecure()
    {
        if (_secure)
            return false;
        _secure = true;
        _local = null;
        return true;
    }

    /// <summary>Takes the phone's answer to our offer; false when it settles nothing.</summary>
    public bool TryTakeAnswer(ReadOnlyMemory<byte> body, out MediaCodec codec)
    {
        codec = default;
        if (_offered is null || _local is null || !SdpSession.TryParse(body.Span, out var answer, out _))
            return false;
        if (SdpNegotiation.Apply(_local, answer!, _offered) is not { } agreement || !TryReadPeer(answer!, agreement.MediaIndex, isOffer: false, out _))
            return false;
        Follow(agreement);
        codec = MediaCodecOf(agreement.SendCodec);
        return true;
    }

    /// <summary>Answers an offer in the running session: hold, resume, another codec or address. False when it cannot be taken; all stays as it was then.</summary>
    public bool TryReanswer(ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> answer)
    {
        answer = default;
        if (!SdpSession.TryParse(body.Span, out var offer, out _))
            return false;
        if (SdpNegotiation.Answer(offer!, Capabilities(All, offer), _origin, _spoken, _local) is not { } made
            || !TryReadPeer(offer!, made.Agreement.MediaIndex, isOffer: true, out _))
            return false;
        answer = Settle(_webRtc is null ? made : SdpNegotiation.Answer(offer!, Capabilities(All, offer), _origin, _spoken, _local)!, offer!);
        return true;
    }

    /// <summary>True when the phone's user has pressed hold or taken the call back since the last time that this was asked.</summary>
    public bool TryNoticeHold(out bool held)
    {
        held = !_direction.Sends();
        if (held == _held)
            return false;
        _held = held;
        return true;
    }

    /// <summary>Connects the endpoint with an end that waits on another node, where one does; gives its own end.</summary>
    public LinkEnd? Link(LinkEnd? waiting) => waiting is null ? null : _endpoint.Link(waiting);

    public void PassDigit(char digit) => _endpoint.PassDigit(digit);

    public void Release() => _endpoint.Release();

    private List<SdpCodec> All => field ??= [.. _codecs.Select(known => known.Codec)];

    private static MediaCodec MediaCodecOf(SdpCodec codec) => new(codec.Name, codec.ClockRate, codec.Channels);

    private byte[] Settle(SdpAnswer answer, SdpSession offer)
    {
        _remoteOffer = offer;
        _local = answer.Session;
        Follow(answer.Agreement);
        return answer.Session.ToBytes();
    }

    private void Follow(SdpAgreement agreement)
    {
        _spoken = agreement.SendCodec;
        _direction = agreement.Direction;
        _secure = agreement.LocalCrypto is not null;
        _endpoint.Apply(agreement, _signalling);
        if (_peer is { } peer)
            _webRtc?.Start(peer);
    }

    /// <summary>Keeps what a description says of the peer's transport; what is no WebRTC has nothing to say.</summary>
    private bool TryReadPeer(SdpSession description, int index, bool isOffer, out string error)
    {
        error = "";
        if (_webRtc is null)
            return true;
        if (!WebRtcAttributes.TryRead(description, description.Media[index], isOffer, out var peer, out error))
            return false;
        // The one association keeps the roles that it began with.
        _peer = _peer is { } known && known.Credentials.Equals(peer!.Credentials) ? peer with { Role = known.Role } : peer;
        return true;
    }

    /// <summary>SRTP is spoken with who offers it, and with who refuses to do without.</summary>
    private SdpCapabilities Capabilities(IReadOnlyList<SdpCodec> codecs, SdpSession? offer)
    {
        if (_webRtc is not null)
            return WebRtcCapabilities(codecs, offer);
        var secure = offer is null ? _secure : offer.Media.Any(media => media is { IsAudio: true, IsSecure: true });
        return new SdpCapabilities(codecs, _address, _endpoint.Local.Port)
        {
            RtcpMux = offer is not null,
            AudioLevels = offer is not null,
            Cryptos = secure ? _cryptos ??= [Key(1, SdpCrypto.Aes128Sha1Bits80), Key(2, SdpCrypto.Aes128Sha1Bits32)] : [],
        };
    }

    /// <summary>With a transport once the peer's is known, or when we offer.</summary>
    private SdpCapabilities WebRtcCapabilities(IReadOnlyList<SdpCodec> codecs, SdpSession? offer)
    {
        var bare = new SdpCapabilities(offer?.Audio is { } audio ? [.. codecs.Select(codec => WebRtcAttributes.Answered(codec, audio))] : codecs, _address, _endpoint.Local.Port)
        {
            IsDtls = true,
            RtcpMux = true,
            AudioLevels = true,
            SessionAttributes = WebRtcAttributes.Session,
        };
        if (offer is not null && _peer is null || _webRtc!.Transport(offer is null ? null : _peer) is not { } transport)
            return bare;
        // What was settled before stays in an offer of ours: a change of it would ask for a new association (RFC 8842 section 5.5).
        DtlsRole? role = offer is null ? null : _peer!.Role;
        return bare with { MediaAttributes = WebRtcAttributes.Media(transport, role, offer is null ? _local?.Audio?.Mid ?? Mid : null) };
    }

    private static SdpCrypto Key(int tag, string suite) => new(tag, suite, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyAndSaltBytes)));
}
