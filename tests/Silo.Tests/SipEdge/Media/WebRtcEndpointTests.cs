using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Grains.Media;
using Webphone.Net.Media;
using Webphone.Net.Media.WebRtc;
using Webphone.Silo.Edges;
using Webphone.Silo.MediaNode;
using Webphone.Silo.SipEdge.Media;
using Webphone.Sip.Sdp;

namespace Webphone.Silo.Tests.SipEdge.Media;

/// <summary>Offers as browsers make them, answered; and what no browser makes, refused.</summary>
public sealed class WebRtcEndpointTests : ILegMediaListener, IDisposable
{
    private const string Fingerprint = "sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F";

    private readonly int _port = Ports.Free();
    private readonly MediaEngine _engine;
    private readonly NodeLegEndpoints _endpoints;
    private readonly IWebRtcEndpoint _endpoint;

    public WebRtcEndpointTests()
    {
        _engine = new MediaEngine(new MediaOptions
        {
            FirstPort = 46000,
            LastPort = 46099,
            WebRtc = new WebRtcSettings { Port = _port, Places = [(IPAddress.Loopback, IPAddress.Parse("192.0.2.9"))] },
        });
        _endpoints = new NodeLegEndpoints(new LocalMediaNode("here", _engine, new SoundLibrary(new SoundOptions(), NullLogger<SoundLibrary>.Instance)));
        _endpoint = _endpoints.CreateWebRtc("acme", this)!;
    }

    public void Dispose() => _engine.Dispose();

    void ILegMediaListener.OnDigit(char digit)
    {
    }

    void ILegMediaListener.OnPlaybackFinished()
    {
    }

    void ILegMediaListener.OnMediaTimeout()
    {
    }

    [Fact]
    public void A_browsers_offer_is_answered_with_our_whole_transport()
    {
        Assert.True(_endpoint.TryAnswer(Offer(), null, out var text, out var codec, out var offered, out _));
        Assert.Equal(new MediaCodec("opus", 48000, 2), codec);
        Assert.Equal(["opus", "G722", "PCMU", "PCMA"], offered.Select(one => one.Name));
        var answer = Parse(text);
        var audio = answer.Media[0];
        Assert.Equal("UDP/TLS/RTP/SAVPF", audio.Protocol);
        Assert.Contains(answer.Attributes, attribute => attribute.Name == "ice-lite");
        Assert.Equal(["a"], answer.Bundle);
        Assert.Equal(("a", "passive"), (audio.Mid, audio.Setup));
        Assert.True(audio.RtcpMux && audio.Has("end-of-candidates"));
        Assert.Equal(8, audio.IceUfrag!.Length);
        Assert.StartsWith("sha-256 ", audio.Fingerprint);
        Assert.Equal(
            [$"1 1 udp 2130706431 192.0.2.9 {_port} typ host", $"2 1 tcp 1520435199 192.0.2.9 {_port} typ host tcptype passive"], audio.Candidates);
        Assert.Contains(audio.Codecs, one => one is { Name: "telephone-event", ClockRate: 48000 });
        Assert.Equal("useinbandfec=1;usedtx=1", audio.Codecs[0].Fmtp);
        Assert.Equal(["1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"], audio.Values("extmap"));
    }

    [Fact]
    public void The_preferred_codec_is_taken_where_it_is_offered()
    {
        Assert.True(_endpoint.TryAnswer(Offer(), new MediaCodec("PCMU", 8000), out var answer, out var codec, out _, out _));
        Assert.Equal("PCMU", codec.Name);
        Assert.Contains(Parse(answer).Media[0].Codecs, one => one is { Name: "telephone-event", ClockRate: 8000 });
        Assert.True(_endpoint.TryAnswer(Offer(), new MediaCodec("G729", 8000), out _, out codec, out _, out _));
        Assert.Equal("opus", codec.Name);
    }

    [Fact]
    public void The_same_credentials_keep_the_transport_and_others_get_a_new_one()
    {
        Assert.True(_endpoint.TryAnswer(Offer(), null, out var first, out _, out _, out _));
        Assert.True(_endpoint.TryAnswer(Offer(direction: "sendonly"), null, out var held, out _, out _, out _));
        Assert.True(_endpoint.TryAnswer(Offer(ufrag: "other"), null, out var restarted, out _, out _, out _));
        Assert.Equal(Parse(first).Media[0].IceUfrag, Parse(held).Media[0].IceUfrag);
        Assert.Equal(SdpDirection.RecvOnly, Parse(held).Media[0].OwnDirection);
        Assert.NotEqual(Parse(first).Media[0].IceUfrag, Parse(restarted).Media[0].IceUfrag);
        Assert.Equal(1, _engine.WebRtc!.Sessions);
        Assert.Equal([1ul, 2ul, 3ul], ((string[])[first, held, restarted]).Select(answer => Parse(answer).Origin.Version - Parse(first).Origin.Version + 1));
    }

    [Fact]
    public void A_peer_that_waits_for_our_hello_gets_one()
    {
        Assert.True(_endpoint.TryAnswer(Offer(setup: "passive"), null, out var answer, out _, out _, out _));
        Assert.Equal("active", Parse(answer).Media[0].Setup);
    }

    [Fact]
    public void Our_offer_leaves_the_roles_to_who_answers()
    {
        var leg = LegMedia.Create(_endpoints, IPAddress.Loopback, "acme", this, webRtc: true)!;
        var offer = Parse(Encoding.UTF8.GetString(leg.Offer([]).Span));
        Assert.Equal(("UDP/TLS/RTP/SAVPF", "actpass", "0"), (offer.Media[0].Protocol, offer.Media[0].Setup, offer.Media[0].Mid));
        Assert.Equal(["0"], offer.Bundle);
        var answer = Offer(setup: "active", mid: "0").Replace("AVPF 111 9 0 8 110 126", "AVPF 0", StringComparison.Ordinal);
        Assert.True(leg.TryTakeAnswer(Encoding.UTF8.GetBytes(answer), out var codec));
        Assert.Equal("PCMU", codec.Name);
        Assert.False(leg.TryTakeAnswer(Encoding.UTF8.GetBytes(answer.Replace("UDP/TLS/RTP/SAVPF", "RTP/AVP", StringComparison.Ordinal)), out _));
        var again = Parse(Encoding.UTF8.GetString(leg.Offer([]).Span));
        Assert.Equal(offer.Media[0].IceUfrag, again.Media[0].IceUfrag);
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "", "MissingOrigin" },
        { "v=0\r\nnonsense", "MalformedLine" },
        { Offer(ufrag: new string('u', 2048)), "a=ice-ufrag" },
        { Offer(ufrag: "abc"), "a=ice-ufrag" },
        { Offer(ufrag: "a b c d"), "a=ice-ufrag" },
        { Offer(password: new string('p', 2048)), "a=ice-pwd" },
        { Offer(password: "short"), "a=ice-pwd" },
        { Offer(fingerprint: "sha-1 00:01"), "a=fingerprint" },
        { Offer(fingerprint: "sha-256 00:01"), "a=fingerprint" },
        { Offer(setup: "holdconn"), "a=setup" },
        { Offer().Replace("a=rtcp-mux\r\n", "", StringComparison.Ordinal), "a=rtcp-mux" },
        { Offer().Replace("a=group", "a=ice-lite\r\na=group", StringComparison.Ordinal), "ICE lite" },
        { Offer().Replace("UDP/TLS/RTP/SAVPF", "RTP/AVP", StringComparison.Ordinal), "no audio" },
        { Offer().Replace("m=audio 9 ", "m=audio 0 ", StringComparison.Ordinal), "no audio" },
        { Offer().Replace("opus", "opux", StringComparison.Ordinal).Replace(" 9 0 8 ", " ", StringComparison.Ordinal), "no audio" },
        { Offer() + string.Concat(Enumerable.Repeat("a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", 600)), "TooManyLines" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_answered_is_refused_with_its_reason_and_changes_nothing(string offer, string reason)
    {
        Assert.False(_endpoint.TryAnswer(offer, null, out var answer, out _, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Empty(answer);
        Assert.Equal(0, _engine.WebRtc!.Sessions);
        Assert.True(_endpoint.TryAnswer(Offer(), null, out _, out _, out _, out _));
    }

    [Fact]
    public void Random_changes_of_an_offer_are_answered_or_refused_and_never_thrown()
    {
        var random = new Random(17);
        var offer = Encoding.UTF8.GetBytes(Offer());
        for (var i = 0; i < 20_000; i++)
        {
            var changed = (byte[])offer.Clone();
            for (var n = random.Next(1, 5); n > 0; n--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            var cut = random.Next(4) == 0 ? random.Next(changed.Length) : changed.Length;
            var answered = _endpoint.TryAnswer(Encoding.Latin1.GetString(changed, 0, cut), null, out var answer, out _, out _, out var error);
            Assert.Equal(answered, error.Length == 0);
            if (answered)
                Assert.NotNull(Parse(answer));
        }
        Assert.Equal(0, _engine.FaultCount);
    }

    [Fact]
    public void A_released_endpoint_leaves_nothing_behind()
    {
        Assert.True(_endpoint.TryAnswer(Offer(), null, out _, out _, out _, out _));
        _endpoint.Release();
        Assert.Equal((0, 0), (_engine.WebRtc!.Sessions, _engine.Count));
        _endpoint.TryAnswer(Offer(ufrag: "again"), null, out _, out _, out _, out _);
        Assert.Equal(0, _engine.WebRtc.Sessions);
    }

    private static SdpSession Parse(string text)
    {
        Assert.True(SdpSession.TryParse(Encoding.UTF8.GetBytes(text), out var session, out var error), $"{error}: {text}");
        return session!;
    }

    private static string Offer(
        string ufrag = "peer", string password = "0123456789012345678901234", string fingerprint = Fingerprint, string setup = "actpass", string direction = "sendrecv",
        string mid = "a") =>
        $"""
        v=0
        o=- 7614219274584779017 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE {mid}
        a=extmap-allow-mixed
        a=msid-semantic: WMS stream
        m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 110 126
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=candidate:1467250027 1 udp 2122260223 192.168.0.196 46243 typ host generation 0
        a=ice-ufrag:{ufrag}
        a=ice-pwd:{password}
        a=ice-options:trickle
        a=fingerprint:{fingerprint}
        a=setup:{setup}
        a=mid:{mid}
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a={direction}
        a=rtcp-mux
        a=rtpmap:111 opus/48000/2
        a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:110 telephone-event/48000
        a=rtpmap:126 telephone-event/8000
        a=ssrc:1 cname:x

        """.ReplaceLineEndings("\r\n");
}
