namespace Webphone.Sip.Sdp;

/// <summary>An answer and what it settles.</summary>
public sealed record SdpAnswer(SdpSession Session, SdpAgreement Agreement);

/// <summary>
/// Offer and answer (<a href="https://www.rfc-editor.org/rfc/rfc3264">RFC 3264</a>) for one audio stream. Pure functions: the previous description is an
/// argument, so that payload types stay what they were and the version grows only with a change.
/// </summary>
public static class SdpNegotiation
{
    private const int FirstDynamic = 96;
    private const int LastDynamic = 127;
    private const int UsualEventType = 101;

    /// <param name="previous">Our description that is in force, or null in the first offer. Its other sections stay, refused.</param>
    public static SdpSession Offer(SdpCapabilities local, SdpOrigin origin, SdpSession? previous = null)
    {
        var before = previous?.Media.FirstOrDefault(media => media.IsAudio);
        var codecs = AssignTypes(local, before?.Codecs ?? []);
        var media = Describe(local, codecs, local.Cryptos, local.Direction, local.IsDtls ? "UDP/TLS/RTP/SAVPF" : local.Cryptos.Count > 0 ? "RTP/SAVP" : "RTP/AVP");
        // A number stands for one extension for as long as the session lasts (RFC 8285 §5): one that was not settled at first is not asked for later.
        if (local.AudioLevels && (before is null ? SdpAudioLevel.Usual : SdpAudioLevel.Of(before)) is { } levels)
            media = media with { Attributes = [.. media.Attributes, levels.ToAttribute()] };
        IReadOnlyList<SdpMedia> all = before is null ? [media] : [.. previous!.Media.Select(old => ReferenceEquals(old, before) ? media : old.Reject())];
        return Versioned(new SdpSession(origin, all) { Connection = local.Address, Attributes = SessionAttributes(local, media.Mid) }, previous);
    }

    /// <summary>Answers an offer: the first audio section that fits is taken with one codec, all others are refused. Null means 488.</summary>
    /// <param name="preferred">Taken if the offer has it; otherwise the first offered codec that we have.</param>
    /// <param name="previous">Our description that is in force, or null.</param>
    public static SdpAnswer? Answer(SdpSession offer, SdpCapabilities local, SdpOrigin origin, SdpCodec? preferred = null, SdpSession? previous = null)
    {
        for (var i = 0; i < offer.Media.Count; i++)
        {
            if (Take(offer, i, local, preferred) is not { } taken)
                continue;
            var all = offer.Media.Select((media, index) => index == i ? taken.Media : media.Reject()).ToList();
            var session = new SdpSession(origin, all)
            {
                Connection = local.Address,
                OtherLines = offer.OtherLines.Where(line => line.Type == 't').ToList(),
                Attributes = SessionAttributes(local, taken.Media.Mid is { } mid && offer.Bundle.Contains(mid) ? mid : null),
            };
            return new SdpAnswer(Versioned(session, previous), taken.Agreement);
        }

        return null;
    }

    /// <summary>What the answer to our offer settles; null if it refuses the audio or breaks the rules.</summary>
    public static SdpAgreement? Apply(SdpSession offer, SdpSession answer, SdpCapabilities local)
    {
        for (var i = 0; i < offer.Media.Count && i < answer.Media.Count; i++)
        {
            var (mine, theirs) = (offer.Media[i], answer.Media[i]);
            if (!mine.IsAudio || mine.IsRejected || theirs.IsRejected || theirs.Kind != mine.Kind || theirs.Protocol != mine.Protocol)
                continue;
            if (answer.ConnectionOf(theirs) is not { } address || Match(mine.Codecs, theirs.Codecs) is not var (receive, send))
                continue;
            var remoteCrypto = theirs.Cryptos.FirstOrDefault(crypto => crypto.IsUsable);
            var localCrypto = remoteCrypto is null ? null : local.Cryptos.FirstOrDefault(own => own.Tag == remoteCrypto.Tag && own.Suite == remoteCrypto.Suite);
            if (mine.IsSecure && !mine.IsDtls && localCrypto is null)
                continue;
            var direction = SdpDirections.Answer(answer.DirectionOf(theirs), offer.DirectionOf(mine));
            var (sent, received) = (Events(theirs.Codecs, send), Events(mine.Codecs, receive));
            return new SdpAgreement(i, address, theirs.Port, theirs.RtcpPort ?? theirs.Port + 1, send, receive, direction)
            {
                RtcpMux = mine.RtcpMux && theirs.RtcpMux,
                SendEventType = sent?.PayloadType,
                SendEventClockRate = sent?.ClockRate,
                ReceiveEventType = received?.PayloadType,
                ReceiveEventClockRate = received?.ClockRate,
                LocalCrypto = mine.IsSecure ? localCrypto : null,
                RemoteCrypto = mine.IsSecure ? remoteCrypto : null,
                AudioLevelId = SdpAudioLevel.Of(mine) is { } levels && SdpAudioLevel.Of(theirs)?.Answer()?.Id == levels.Id ? levels.Id : null,
                PtimeMs = theirs.PtimeMs,
            };
        }

        return null;
    }

    /// <summary>The description with the version that follows the previous one: the same if nothing changed, else one more (RFC 3264 §8).</summary>
    public static SdpSession Versioned(SdpSession next, SdpSession? previous)
    {
        if (previous is null)
            return next;
        var same = next with { Origin = previous.Origin };
        return same.ToString() == previous.ToString() ? same : same with { Origin = previous.Origin with { Version = previous.Origin.Version + 1 } };
    }

    private static (SdpMedia Media, SdpAgreement Agreement)? Take(SdpSession offer, int index, SdpCapabilities local, SdpCodec? preferred)
    {
        var theirs = offer.Media[index];
        if (!theirs.IsAudio || theirs.IsRejected || !(local.IsDtls ? theirs.IsDtls : theirs.Protocol is "RTP/AVP" or "RTP/SAVP" or "RTP/AVPF" or "RTP/SAVPF"))
            return null;
        if (offer.ConnectionOf(theirs) is not { } address || Choose(theirs.Codecs, local.Codecs, preferred) is not { } codec)
            return null;
        var keys = theirs.IsSecure && !local.IsDtls ? Keys(theirs, local) : null;
        if (theirs.IsSecure && !local.IsDtls && keys is null)
            return null;

        var direction = SdpDirections.Answer(offer.DirectionOf(theirs), local.Direction);
        var events = local.TelephoneEvents ? Events(theirs.Codecs, codec) : null;
        var answered = new List<SdpCodec> { codec with { Fmtp = Own(local.Codecs, codec).Fmtp } };
        if (events is not null)
            answered.Add(events with { Fmtp = "0-15" });
        var own = local with { RtcpMux = local.RtcpMux && theirs.RtcpMux, PtimeMs = theirs.PtimeMs ?? local.PtimeMs };
        var media = Describe(own, answered, keys is { } pair ? [pair.Own] : [], direction, theirs.Protocol);
        if (theirs.Mid is { } mid)
            media = media with { Attributes = [.. media.Attributes, new SdpAttribute("mid", mid)] };
        var levels = local.AudioLevels ? SdpAudioLevel.Of(theirs)?.Answer() : null;
        if (levels is { } taken)
            media = media with { Attributes = [.. media.Attributes, taken.ToAttribute()] };
        return (media, new SdpAgreement(index, address, theirs.Port, theirs.RtcpPort ?? theirs.Port + 1, codec, answered[0], direction)
        {
            RtcpMux = own.RtcpMux,
            SendEventType = events?.PayloadType,
            SendEventClockRate = events?.ClockRate,
            ReceiveEventType = events?.PayloadType,
            ReceiveEventClockRate = events?.ClockRate,
            LocalCrypto = keys?.Own,
            RemoteCrypto = keys?.Theirs,
            AudioLevelId = levels?.Id,
            PtimeMs = theirs.PtimeMs,
        });
    }

    /// <summary>What is said of the whole session: with a mid, that all of it goes over one transport (RFC 9143).</summary>
    private static IReadOnlyList<SdpAttribute> SessionAttributes(SdpCapabilities local, string? bundled) =>
        local.IsDtls && bundled is not null ? [.. local.SessionAttributes, new SdpAttribute("group", $"BUNDLE {bundled}")] : local.SessionAttributes;

    private static SdpCodec? Choose(IReadOnlyList<SdpCodec> offered, IReadOnlyList<SdpCodec> local, SdpCodec? preferred) =>
        (preferred is null ? null : offered.FirstOrDefault(codec => codec.Matches(preferred) && local.Any(codec.Matches)))
        ?? offered.FirstOrDefault(codec => local.Any(codec.Matches));

    private static SdpCodec Own(IReadOnlyList<SdpCodec> local, SdpCodec codec) => local.First(codec.Matches);

    /// <summary>Our key for the first offered suite that we speak, under the offer's tag (RFC 4568 §5.1.2).</summary>
    private static (SdpCrypto Own, SdpCrypto Theirs)? Keys(SdpMedia theirs, SdpCapabilities local)
    {
        foreach (var offered in theirs.Cryptos)
        {
            if (offered.IsUsable && local.Cryptos.FirstOrDefault(own => own.Suite == offered.Suite) is { } own)
                return (own with { Tag = offered.Tag }, offered);
        }

        return null;
    }

    /// <summary>The first codec of the answer that the offer has: ours to receive, theirs to send.</summary>
    private static (SdpCodec Receive, SdpCodec Send)? Match(IReadOnlyList<SdpCodec> offered, IReadOnlyList<SdpCodec> answered)
    {
        foreach (var theirs in answered)
        {
            if (!theirs.IsTelephoneEvent && offered.FirstOrDefault(theirs.Matches) is { } mine)
                return (mine, theirs);
        }

        return null;
    }

    /// <summary>telephone-event at the codec's clock rate (RFC 4733 §2.1), or at 8000 from those who know no other.</summary>
    private static SdpCodec? Events(IReadOnlyList<SdpCodec> codecs, SdpCodec codec) =>
        codecs.FirstOrDefault(c => c.IsTelephoneEvent && c.ClockRate == codec.ClockRate) ?? codecs.FirstOrDefault(c => c.IsTelephoneEvent && c.ClockRate == 8000);

    /// <summary>Static types keep their numbers, dynamic ones the number they had, new ones the lowest that never stood for another codec here.</summary>
    private static List<SdpCodec> AssignTypes(SdpCapabilities local, IReadOnlyList<SdpCodec> before)
    {
        var wanted = local.Codecs.ToList();
        if (local.TelephoneEvents)
        {
            foreach (var rate in local.Codecs.Select(codec => codec.ClockRate).Distinct().OrderByDescending(rate => rate == 8000).ThenBy(rate => rate))
                wanted.Add(new SdpCodec("telephone-event", rate, Fmtp: "0-15"));
        }

        var used = before.Select(codec => codec.PayloadType).ToHashSet();
        return wanted.ConvertAll(codec => codec with { PayloadType = Type(codec, before, used) });
    }

    private static int Type(SdpCodec codec, IReadOnlyList<SdpCodec> before, HashSet<int> used)
    {
        if (before.FirstOrDefault(codec.Matches) is { } same)
            return same.PayloadType;
        for (var type = 0; type < 35; type++)
        {
            if (SdpCodec.Static(type) is { } known && known.Matches(codec))
                return type;
        }

        if (codec.IsTelephoneEvent && used.Add(UsualEventType))
            return UsualEventType;
        for (var type = FirstDynamic; type <= LastDynamic; type++)
        {
            if (type != UsualEventType && used.Add(type))
                return type;
        }

        throw new ArgumentException("More codecs than dynamic payload types.", nameof(codec));
    }

    private static SdpMedia Describe(SdpCapabilities local, IReadOnlyList<SdpCodec> codecs, IReadOnlyList<SdpCrypto> cryptos, SdpDirection direction, string protocol)
    {
        var attributes = new List<SdpAttribute>();
        foreach (var codec in codecs)
        {
            attributes.Add(new SdpAttribute("rtpmap", $"{codec.PayloadType} {codec.Name}/{codec.ClockRate}{(codec.Channels > 1 ? $"/{codec.Channels}" : "")}"));
            if (codec.Fmtp is { } fmtp)
                attributes.Add(new SdpAttribute("fmtp", $"{codec.PayloadType} {fmtp}"));
        }

        foreach (var crypto in cryptos)
            attributes.Add(crypto.ToAttribute());
        attributes.Add(new SdpAttribute("ptime", $"{local.PtimeMs}"));
        if (local.RtcpPort is { } rtcp)
            attributes.Add(new SdpAttribute("rtcp", $"{rtcp}"));
        if (local.RtcpMux)
            attributes.Add(new SdpAttribute("rtcp-mux"));
        attributes.Add(new SdpAttribute(direction.Token()));
        attributes.AddRange(local.MediaAttributes);
        return new SdpMedia("audio", local.Port, protocol, [.. codecs.Select(codec => $"{codec.PayloadType}")]) { Attributes = attributes };
    }
}
