using Webphone.Sip.Sdp;
using static Webphone.Sip.Tests.TestMessages;

namespace Webphone.Sip.Tests.Sdp;

public class SdpNegotiationTests
{
    private static readonly SdpConnection Here = new("192.0.2.1", false);
    private static readonly SdpOrigin Origin = new("-", 7, 1, Here);
    private static readonly SdpCodec G722 = new("G722", 8000), Pcmu = new("PCMU", 8000), Opus = new("opus", 48000, 2, Fmtp: "useinbandfec=1");
    private static readonly SdpCapabilities Local = new([Opus, G722, Pcmu], Here, 20000);
    private static readonly SdpCrypto Key = new(1, SdpCrypto.Aes128Sha1Bits80, "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj");

    [Fact]
    public void Offers_codecs_in_order_with_events_at_each_clock_rate()
    {
        var media = SdpNegotiation.Offer(Local, Origin).Media[0];
        Assert.Equal(["96", "9", "0", "101", "97"], media.Formats);
        Assert.Equal([8000, 48000], media.Codecs.Where(codec => codec.IsTelephoneEvent).Select(codec => codec.ClockRate));
        Assert.Equal("useinbandfec=1", media.Codecs[0].Fmtp);
    }

    [Fact]
    public void Answers_with_the_preferred_codec_and_refuses_the_rest()
    {
        var offer = Parse("c=IN IP4 198.51.100.9", "m=video 5000 RTP/AVP 31", "m=audio 4000 RTP/AVP 8 0 111 110", "a=rtpmap:111 OPUS/48000/2", "a=rtpmap:110 telephone-event/8000", "m=audio 4002 RTP/AVP 0");
        var answer = SdpNegotiation.Answer(offer, Local, Origin, Opus)!;
        Assert.Equal([0, 20000, 0], answer.Session.Media.Select(media => media.Port));
        Assert.Equal(["111", "110"], answer.Session.Media[1].Formats);
        Assert.Equal((1, "198.51.100.9", 4000, 4001, 111, 110), (answer.Agreement.MediaIndex, answer.Agreement.RemoteAddress.Address, answer.Agreement.RemotePort,
            answer.Agreement.RemoteRtcpPort, answer.Agreement.SendCodec.PayloadType, answer.Agreement.SendEventType));
        Assert.Equal((8000, 8000), (answer.Agreement.SendEventClockRate, answer.Agreement.ReceiveEventClockRate));
        Assert.Equal("PCMU", SdpNegotiation.Answer(offer, Local, Origin, G722)!.Agreement.SendCodec.Name);
    }

    [Theory]
    [InlineData("3", 3, "3")]
    [InlineData("14/sendonly", 14, "14/recvonly")]
    [InlineData("200/sendrecv", 200, "200")]
    [InlineData("3/recvonly", null, null)]
    [InlineData("3/inactive", null, null)]
    [InlineData("3/upwards", null, null)]
    [InlineData("15", null, null)]
    [InlineData("0", null, null)]
    [InlineData("256", null, null)]
    [InlineData("4096", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("", null, null)]
    public void Levels_are_taken_under_the_offered_number_from_who_sends_them(string offered, int? taken, string? answered)
    {
        const string uri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
        var offer = Parse("c=IN IP4 1.2.3.4", "m=audio 4000 RTP/AVP 0", "a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:mid", $"a=extmap:{offered} {uri} vad=on");
        var answer = SdpNegotiation.Answer(offer, Local with { AudioLevels = true }, Origin)!;
        Assert.Equal(taken, answer.Agreement.AudioLevelId);
        Assert.Equal(answered is null ? [] : [$"{answered} {uri}"], answer.Session.Media[0].Values("extmap"));
        var plain = SdpNegotiation.Answer(offer, Local, Origin)!;
        Assert.Null(plain.Agreement.AudioLevelId);
        Assert.Empty(plain.Session.Media[0].Values("extmap"));
        // Our own offer later says the same, and does not begin with it.
        Assert.Equal(answer.Session.Media[0].Values("extmap"), SdpNegotiation.Offer(Local with { AudioLevels = true }, Origin, answer.Session).Media[0].Values("extmap"));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1/sendonly", 1)]
    [InlineData("1/recvonly", null)]
    [InlineData("2", null)]
    public void Levels_that_we_asked_for_come_when_the_answer_says_so(string answered, int? taken)
    {
        const string uri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
        var local = Local with { AudioLevels = true };
        var offer = SdpNegotiation.Offer(local, Origin);
        Assert.Equal([$"1 {uri}"], offer.Media[0].Values("extmap"));
        var answer = Parse("c=IN IP4 1.2.3.4", "m=audio 4000 RTP/AVP 0", $"a=extmap:{answered} {uri}");
        Assert.Equal(taken, SdpNegotiation.Apply(offer, answer, local)!.AudioLevelId);
        Assert.Null(SdpNegotiation.Apply(SdpNegotiation.Offer(Local, Origin), answer, Local)!.AudioLevelId);
    }

    [Fact]
    public void Nothing_in_common_is_no_answer()
    {
        Assert.Null(SdpNegotiation.Answer(Parse("c=IN IP4 1.2.3.4", "m=audio 4000 RTP/AVP 18"), Local, Origin));
        Assert.Null(SdpNegotiation.Answer(Parse("c=IN IP4 1.2.3.4", "m=audio 0 RTP/AVP 0"), Local, Origin));
        Assert.Null(SdpNegotiation.Answer(Parse("m=audio 4000 RTP/AVP 0"), Local, Origin));
        Assert.Null(SdpNegotiation.Answer(Parse("c=IN IP4 1.2.3.4", "m=audio 4000 RTP/SAVP 0"), Local, Origin));
    }

    [Theory]
    [InlineData("sendrecv", "192.0.2.9", SdpDirection.SendRecv)]
    [InlineData("sendonly", "192.0.2.9", SdpDirection.RecvOnly)]
    [InlineData("recvonly", "192.0.2.9", SdpDirection.SendOnly)]
    [InlineData("inactive", "192.0.2.9", SdpDirection.Inactive)]
    [InlineData("sendrecv", "0.0.0.0", SdpDirection.RecvOnly)]
    [InlineData("inactive", "0.0.0.0", SdpDirection.Inactive)]
    public void Hold_is_understood_in_both_styles_at_both_levels(string direction, string address, SdpDirection ours)
    {
        Assert.Equal(ours, SdpNegotiation.Answer(Parse($"c=IN IP4 {address}", "m=audio 4000 RTP/AVP 0", $"a={direction}"), Local, Origin)!.Agreement.Direction);
        Assert.Equal(ours, SdpNegotiation.Answer(Parse($"a={direction}", "m=audio 4000 RTP/AVP 0", $"c=IN IP4 {address}"), Local, Origin)!.Agreement.Direction);
    }

    [Fact]
    public void Payload_types_stay_per_side_and_the_version_grows_with_changes_only()
    {
        var offer = SdpNegotiation.Offer(Local, Origin);
        Assert.Equal(1ul, SdpNegotiation.Offer(Local, Origin, offer).Origin.Version);
        var held = SdpNegotiation.Offer(Local with { Direction = SdpDirection.SendOnly, Codecs = [Pcmu, Opus] }, Origin, offer);
        Assert.Equal(2ul, held.Origin.Version);
        Assert.Equal(["0", "96", "101", "97"], held.Media[0].Formats);
        var answer = Parse("c=IN IP6 2001:db8::1", "m=audio 6000 RTP/AVP 120 121", "a=rtpmap:120 opus/48000/2", "a=rtpmap:121 telephone-event/8000", "a=recvonly", "a=rtcp:7001");
        var agreement = SdpNegotiation.Apply(held, answer, Local)!;
        Assert.Equal((120, 96, 121, 97), (agreement.SendCodec.PayloadType, agreement.ReceiveCodec.PayloadType, agreement.SendEventType, agreement.ReceiveEventType));
        Assert.Equal((8000, 48000), (agreement.SendEventClockRate, agreement.ReceiveEventClockRate));
        Assert.Equal((SdpDirection.SendOnly, 7001, true), (agreement.Direction, agreement.RemoteRtcpPort, agreement.RemoteAddress.IsIPv6));
    }

    [Fact]
    public void Keys_are_matched_by_suite_and_answered_under_the_offers_tag()
    {
        var secure = Local with { Cryptos = [Key] };
        var offer = Parse("c=IN IP4 1.2.3.4", "m=audio 4000 RTP/SAVP 0", "a=crypto:1 F8_128_HMAC_SHA1_80 inline:AAAA", $"a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:{Key.KeySalt}|2^20");
        var answer = SdpNegotiation.Answer(offer, secure, Origin)!;
        Assert.Equal((4, Key.KeySalt, "|2^20"), (answer.Agreement.LocalCrypto!.Tag, answer.Agreement.RemoteCrypto!.KeySalt, answer.Agreement.RemoteCrypto.KeyParameters));
        Assert.Equal(4, answer.Session.Media[0].Cryptos.Single().Tag);

        var mine = SdpNegotiation.Offer(secure, Origin);
        Assert.Equal("RTP/SAVP", mine.Media[0].Protocol);
        var good = Parse("c=IN IP4 1.2.3.4", "m=audio 4000 RTP/SAVP 0", $"a=crypto:1 {SdpCrypto.Aes128Sha1Bits80} inline:{Key.KeySalt}");
        Assert.Equal(Key, SdpNegotiation.Apply(mine, good, secure)!.LocalCrypto);
        Assert.Null(SdpNegotiation.Apply(mine, Parse("c=IN IP4 1.2.3.4", "m=audio 4000 RTP/SAVP 0"), secure));
        Assert.Null(SdpNegotiation.Apply(mine, Parse("c=IN IP4 1.2.3.4", "m=audio 4000 RTP/AVP 0"), secure));
    }

    [Theory]
    [InlineData("KEY|2^20|1:4")]
    [InlineData("KEY|1:4")]
    [InlineData("KEY|2^20|1:4;inline:KEY|2^20|2:4")]
    [InlineData("KEY UNENCRYPTED_SRTP")]
    [InlineData("QUFBQUFB")]
    [InlineData("not base64")]
    public void A_key_that_we_cannot_speak_is_no_key(string key)
    {
        var line = $"a=crypto:1 {SdpCrypto.Aes128Sha1Bits80} inline:{key.Replace("KEY", Key.KeySalt, StringComparison.Ordinal)}";
        var secure = Local with { Cryptos = [Key] };
        var described = Parse("c=IN IP4 1.2.3.4", "m=audio 4000 RTP/SAVP 0", line);
        Assert.Null(SdpNegotiation.Answer(described, secure, Origin));
        Assert.Null(SdpNegotiation.Apply(SdpNegotiation.Offer(secure, Origin), described, secure));
    }

    private static SdpSession Parse(params string[] lines)
    {
        Assert.True(SdpSession.TryParse(Bytes(string.Join("\r\n", ["v=0", "o=- 1 1 IN IP4 1.2.3.4", "s=-", "t=0 0", .. lines]) + "\r\n"), out var session, out var error), error.ToString());
        return session!;
    }
}
