using System.Net;
using System.Security.Cryptography;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Media.Srtp;

namespace Webphone.Net.Media;

/// <summary>
/// One end of an RTP link between two media engines: an endpoint of which the far side is no phone but the other engine's end. It takes
/// every codec, under numbers that both ends know, so what two legs speak passes untouched and goes on to when either changes its codec;
/// where it must be transcoded, the engine of the leg that hears does it. Events of keys pass too, and what a leg says of the level of its
/// packets. What leaves an end is always SRTP, with a key that was made for this end and this link. The end serves one leg, and is released
/// when that leg is connected otherwise, played to, or released; one that was prepared for it waits until then. Thread-safe.
/// </summary>
public sealed class MediaLink
{
    private const SrtpProfile Profile = SrtpProfile.AeadAes128Gcm;
    private const byte OpusPayloadType = 96;
    private const byte AudioLevelId = 1;

    private static readonly RtpCodec[] Codecs = [.. Enum.GetValues<AudioCodec>().Select(codec => new RtpCodec(codec, codec.StaticPayloadType() ?? OpusPayloadType))];
    private static readonly RtpCodec[] WidebandFirst = [.. Codecs.OrderBy(codec => codec.Codec != AudioCodec.G722)];
    private static readonly EventFormat[] Events = [new(101, 8000), new(102, 48000)];

    private readonly MediaEndpoint _end;
    private volatile IPEndPoint? _other;

    private MediaLink(MediaEndpoint end)
    {
        _end = end;
        Key = new SrtpMasterKey(Profile, RandomNumberGenerator.GetBytes(KeySize));
    }

    /// <summary>Bytes of an end's key and salt.</summary>
    public static int KeySize => SrtpMasterKey.Size(Profile);

    /// <summary>Where the other end is to send RTP and RTCP.</summary>
    public IPEndPoint Address => new(_end.Address, _end.RtpPort);

    /// <summary>What this end protects its packets with. Secret: never log it.</summary>
    public SrtpMasterKey Key { get; }

    /// <summary>This end, as a member of a mix.</summary>
    public MediaEndpoint End => _end;

    public EndpointStatistics Statistics => _end.Statistics;

    public bool IsReleased => _end.IsReleased;

    /// <summary>Opens an end and connects the leg with it; null when no port is free.</summary>
    /// <param name="engine">The leg's engine.</param>
    /// <param name="leg">The leg's endpoint.</param>
    /// <param name="bind">Where the end's socket is bound.</param>
    /// <param name="advertised">What the other end is told.</param>
    public static MediaLink? TryOpen(MediaEngine engine, MediaEndpoint leg, IPAddress bind, IPAddress advertised)
    {
        if (TryOpen(engine, bind, advertised) is not { } link)
            return null;
        link.ConnectWith(leg);
        return link;
    }

    /// <summary>Opens an end that is connected with nothing yet, such as one for a mix; null when no port is free. The caller releases it.</summary>
    public static MediaLink? TryOpen(MediaEngine engine, IPAddress bind, IPAddress advertised)
    {
        if (engine.TryAllocate(observer: null, bind, advertised) is not { } end)
            return null;
        return end.Link = new MediaLink(end);
    }

    /// <summary>
    /// Opens an end that waits for the leg: it is connected with it by <see cref="TryJoin"/>, and released when the leg is, or when the leg is connected otherwise. Gives the
    /// one that waits already, if one does; null when no port is free, or the leg was released.
    /// </summary>
    public static MediaLink? TryPrepare(MediaEngine engine, MediaEndpoint leg, IPAddress bind, IPAddress advertised)
    {
        if (leg.Prepared is { } waiting)
            return waiting;
        if (TryOpen(engine, bind, advertised) is not { } link)
            return null;
        if (leg.Prepare(link) is { } first)
        {
            link._end.Release();
            return first;
        }
        // A leg that is released meanwhile may not know of its link.
        if (!leg.IsReleased)
            return link;
        leg.ReleasePrepared();
        return null;
    }

    /// <summary>
    /// Connects the leg by the end that waits for it under this address, and media flows from now on. False, and nothing has changed, when none does, or it cannot
    /// reach the other. True again when that was done before.
    /// </summary>
    public static bool TryJoin(MediaEndpoint leg, IPEndPoint own, IPEndPoint other, SrtpMasterKey otherKey)
    {
        if (Of(leg) is { } current && current.Address.Equals(own))
            return other.Equals(current._other);
        if (leg.Prepared is not { } link || !link.Address.Equals(own) || other.AddressFamily != own.AddressFamily || !leg.TryTake(link))
            return false;
        link.Complete(other, otherKey);
        link.ConnectWith(leg);
        return true;
    }

    /// <summary>The link that the leg is connected with; null when it is with none.</summary>
    public static MediaLink? Of(MediaEndpoint leg) => leg.Peer?.Link;

    /// <summary>Reads an end's key; null when it is none.</summary>
    public static SrtpMasterKey? ReadKey(ReadOnlySpan<byte> keyAndSalt) => keyAndSalt.Length == KeySize ? new SrtpMasterKey(Profile, keyAndSalt) : null;

    /// <summary>Media flows from now on: to the other end, and from there when it is protected with that end's key.</summary>
    /// <param name="other">The other end.</param>
    /// <param name="otherKey">Its key.</param>
    /// <param name="wideband">What this end makes itself, as a mix does, is wideband.</param>
    public void Complete(IPEndPoint other, SrtpMasterKey otherKey, bool wideband = false)
    {
        _other = other;
        var codecs = wideband ? WidebandFirst : Codecs;
        _end.Apply(
            new LocalMedia { Codecs = codecs, Events = Events, Key = Key, AudioLevelId = AudioLevelId },
            new RemoteMedia { Rtp = other, RtcpMultiplexed = true, Codecs = codecs, Events = Events, Key = otherKey, AudioLevelId = AudioLevelId });
    }

    private void ConnectWith(MediaEndpoint leg)
    {
        MediaEndpoint.Connect(leg, _end);
        // A leg that is released meanwhile may not know of its link.
        if (leg.IsReleased)
            _end.Release();
    }
}
