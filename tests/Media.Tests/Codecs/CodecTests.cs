using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Media.Resampling;
using Webphone.Media.Rtp;

namespace Webphone.Media.Tests.Codecs;

public class CodecTests
{
    [Fact]
    public void G711_codes_decode_and_encode_to_themselves()
    {
        for (var code = 0; code < 256; code++)
        {
            // Negative zero of µ-law has the value of positive zero.
            if (code != 0x7F)
                Assert.Equal(code, G711.EncodeMuLaw(G711.DecodeMuLaw((byte)code)));
            Assert.Equal(code, G711.EncodeALaw(G711.DecodeALaw((byte)code)));
        }
    }

    [Theory]
    [InlineData(0x00, -32124, -5504)]
    [InlineData(0x80, 32124, 5504)]
    [InlineData(0xFF, 0, 848)]
    [InlineData(0xD5, 716, 8)]
    [InlineData(0x55, -716, -8)]
    public void G711_gives_the_recommendations_values(byte code, short muLaw, short aLaw)
    {
        Assert.Equal(muLaw, G711.DecodeMuLaw(code));
        Assert.Equal(aLaw, G711.DecodeALaw(code));
    }

    [Theory]
    [InlineData(AudioCodec.Pcmu, 1000, 35)]
    [InlineData(AudioCodec.Pcma, 1000, 35)]
    [InlineData(AudioCodec.G722, 1000, 40)]
    [InlineData(AudioCodec.G722, 5500, 15)]
    [InlineData(AudioCodec.Opus, 1000, 25)]
    public void A_sine_survives_a_codec(AudioCodec codec, int hertz, double minDb)
    {
        Assert.SkipUnless(codec.CanTranscode(), "libopus is not on this system");
        using var encoder = codec.CreateEncoder();
        using var decoder = codec.CreateDecoder();
        var frame = encoder.SampleRate / 50;
        var payload = new byte[AudioCodecs.MaxPayload];
        var output = new List<short>();
        var samples = new short[6 * frame];
        for (var i = 0; i < 50; i++)
        {
            var length = encoder.Encode(Sine.Make(hertz, encoder.SampleRate, frame, start: i * frame), payload);
            Assert.Equal(frame, decoder.CountSamples(payload.AsSpan(0, length)));
            Assert.Equal(frame, decoder.Decode(payload.AsSpan(0, length), samples));
            output.AddRange(samples.AsSpan(0, frame));
        }
        var settled = output.ToArray().AsSpan(20 * frame);
        Assert.InRange(Sine.Amplitude(settled, hertz, encoder.SampleRate), 7000, 9000);
        Assert.True(Sine.SignalToNoiseDb(settled, hertz, encoder.SampleRate) > minDb, $"{Sine.SignalToNoiseDb(settled, hertz, encoder.SampleRate):F1} dB");
    }

    [Theory]
    [InlineData(8000, 16000)]
    [InlineData(16000, 8000)]
    [InlineData(16000, 48000)]
    [InlineData(48000, 16000)]
    [InlineData(8000, 48000)]
    [InlineData(48000, 8000)]
    [InlineData(44100, 8000)]
    public void Resampling_keeps_a_tone_and_adds_nothing_audible(int from, int to)
    {
        var resampler = new Resampler(from, to, from);
        var output = new short[2 * resampler.MaxOutput(from)];
        var count = resampler.Process(Sine.Make(1000, from, from), output);
        count += resampler.Process(Sine.Make(1000, from, from, start: from), output.AsSpan(count));
        var settled = output.AsSpan(count - to / 2, to / 2);
        Assert.InRange(Sine.Amplitude(settled, 1000, to), 7900, 8100);
        Assert.True(Sine.SignalToNoiseDb(settled, 1000, to) > 60);
    }

    [Fact]
    public void What_a_lower_rate_cannot_hold_is_filtered_out()
    {
        var resampler = new Resampler(48000, 8000, 48000);
        var output = new short[resampler.MaxOutput(48000)];
        var count = resampler.Process(Sine.Make(6000, 48000, 48000), output);
        Assert.True(Sine.Power(output.AsSpan(1000, count - 1000)) < 8000.0 * 8000 / 2 * 1e-6);
    }

    public static TheoryData<AudioCodec, AudioCodec> Pairs()
    {
        var pairs = new TheoryData<AudioCodec, AudioCodec>();
        foreach (var from in Enum.GetValues<AudioCodec>())
        {
            foreach (var to in Enum.GetValues<AudioCodec>())
                pairs.Add(from, to);
        }
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_tone_keeps_frequency_and_level_through_every_transcoding(AudioCodec from, AudioCodec to)
    {
        Assert.SkipUnless(from.CanTranscode() && to.CanTranscode(), "libopus is not on this system");
        using var encoder = from.CreateEncoder();
        using var decoder = to.CreateDecoder();
        using var transcoder = new Transcoder(from, to);
        var frame = encoder.SampleRate / 50;
        var payload = new byte[AudioCodecs.MaxPayload];
        var decoded = new short[decoder.SampleRate / 50];
        var output = new List<short>();
        for (var i = 0; i < 100; i++)
        {
            var length = encoder.Encode(Sine.Make(440, encoder.SampleRate, frame, start: i * frame), payload);
            transcoder.Put(new RtpHeader(0, false, (ushort)i, (uint)(i * from.ClockRate() / 50), 1), payload.AsSpan(0, length), TimeSpan.FromMilliseconds(20 * i));
            length = transcoder.Read(payload);
            if (length > 0)
                output.AddRange(decoded.AsSpan(0, decoder.Decode(payload.AsSpan(0, length), decoded)));
        }
        var settled = output.ToArray().AsSpan(output.Count / 2);
        Assert.InRange(Sine.Amplitude(settled, 440, decoder.SampleRate), 7200, 8800);
        Assert.True(Sine.SignalToNoiseDb(settled, 440, decoder.SampleRate) > 20);
    }
}
