using Webphone.Media.Codecs;
using Webphone.Media.Mixing;
using Webphone.Media.Rtp;

namespace Webphone.Media.Tests.Mixing;

/// <summary>Participants who say of each packet how loud it is, as browsers do.</summary>
public sealed class SilenceTests
{
    private const byte Loud = 12;
    private const int Hertz = 440;
    private const int Warm = 50;

    [Fact]
    public void What_its_sender_calls_silent_is_not_decoded()
    {
        using var voice = new Voice(AudioCodec.Opus);
        Assert.All(voice.Run(Warm, amplitude: 8000, AudioLevelExtension.Silence), sample => Assert.Equal(0, sample));
        Assert.False(voice.Seat.IsSpeaking);
    }

    [Fact]
    public void A_pause_between_words_is_decoded_and_a_longer_one_is_not()
    {
        using var voice = new Voice(AudioCodec.Opus);
        voice.Run(Warm, 8000, Loud);
        // Their words are soft now, and they say that it is silence: that is still believed for the time that the gate hangs.
        Assert.True(Sine.Amplitude(voice.Run(SpeechGate.HangFrames, 8000, AudioLevelExtension.Silence), Hertz, MixFormat.SampleRate) > 7000);
        voice.Run(10, 8000, AudioLevelExtension.Silence);
        Assert.All(voice.Run(Warm, 8000, AudioLevelExtension.Silence), sample => Assert.Equal(0, sample));
    }

    [Theory]
    [InlineData(AudioCodec.Pcmu)]
    [InlineData(AudioCodec.G722)]
    [InlineData(AudioCodec.Opus)]
    public void A_tone_after_silence_is_there_at_once_and_does_not_click(AudioCodec codec)
    {
        using var told = new Voice(codec);
        using var untold = new Voice(codec);
        short[] Both(int frames, double amplitude, byte level, out short[] decodedThroughout)
        {
            decodedThroughout = untold.Run(frames, amplitude, AudioLevelExtension.Unknown);
            return told.Run(frames, amplitude, level);
        }
        Both(Warm, 8000, Loud, out _);
        Both(4 * Warm, 0, AudioLevelExtension.Silence, out _);
        Assert.False(told.Seat.IsSpeaking);
        var heard = Both(Warm, 8000, Loud, out var expected);

        Assert.InRange(heard.Max(), 7000, expected.Max() + 800);
        Assert.InRange(-heard.Min(), 7000, -expected.Min() + 800);
        for (var frame = 0; frame < Warm; frame++)
        {
            var difference = Sine.Amplitude(Part(heard, frame), Hertz, MixFormat.SampleRate) - Sine.Amplitude(Part(expected, frame), Hertz, MixFormat.SampleRate);
            Assert.InRange(difference, -1200, 1200);
        }
        Assert.True(Sine.SignalToNoiseDb(heard.AsSpan(10 * MixFormat.FrameSamples, 20 * MixFormat.FrameSamples), Hertz, MixFormat.SampleRate) > 20);
    }

    [Fact]
    public void Silence_that_is_sent_by_fewer_packets_is_not_decoded_either()
    {
        var frame = new short[MixFormat.FrameSamples];
        RequireOpus(AudioCodec.Opus);
        using var mix = new OneSeat();
        // The number of the codec's configuration alone, as discontinuous transmission has it.
        for (ushort i = 0; i < 100; i++)
        {
            mix.Seat.Put(AudioCodec.Opus, new RtpHeader(111, false, i, i * 960u, 1), [0x48], TimeSpan.FromMilliseconds(20 * i));
            mix.Mix.Tick();
            mix.Mix.Hear(mix.Other, frame);
            Assert.All(frame, sample => Assert.Equal(0, sample));
        }
    }

    [Fact]
    public void A_lost_packet_of_silence_is_silence()
    {
        using var voice = new Voice(AudioCodec.Opus);
        voice.Run(Warm, 8000, Loud);
        voice.Run(4 * Warm, 0, AudioLevelExtension.Silence);
        voice.Lose(3);
        Assert.All(voice.Run(Warm, 0, AudioLevelExtension.Silence), sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Who_was_muted_is_heard_again_at_once()
    {
        using var voice = new Voice(AudioCodec.Opus);
        voice.Run(Warm, 8000, AudioLevelExtension.Unknown);
        voice.Seat.IsMuted = true;
        Assert.All(voice.Run(2 * Warm, 8000, AudioLevelExtension.Unknown).AsSpan(2 * MixFormat.FrameSamples).ToArray(), sample => Assert.Equal(0, sample));
        voice.Seat.IsMuted = false;
        Assert.True(Sine.Amplitude(voice.Run(10, 8000, AudioLevelExtension.Unknown).AsSpan(5 * MixFormat.FrameSamples), Hertz, MixFormat.SampleRate) > 6000);
    }

    private static void RequireOpus(AudioCodec codec) => Assert.SkipUnless(codec.CanTranscode(), "libopus is not on this system");

    private static ReadOnlySpan<short> Part(short[] sound, int frame) => sound.AsSpan(frame * MixFormat.FrameSamples, MixFormat.FrameSamples);

    private class OneSeat : IDisposable
    {
        public OneSeat() => (Seat, Other) = (Mix.Add(), Mix.Add());

        public AudioMix Mix { get; } = new();

        public MixSeat Seat { get; }

        public MixSeat Other { get; }

        public virtual void Dispose()
        {
            Seat.Dispose();
            Other.Dispose();
        }
    }

    /// <summary>One who says a tone, and one who hears it.</summary>
    private sealed class Voice : OneSeat
    {
        private readonly IAudioEncoder _encoder;
        private readonly byte[] _payload = new byte[AudioCodecs.MaxPayload];
        private int _frame;

        public Voice(AudioCodec codec)
        {
            RequireOpus(codec);
            _encoder = codec.CreateEncoder();
        }

        public void Lose(int packets) => _frame += packets;

        public short[] Run(int frames, double amplitude, byte level)
        {
            var samples = _encoder.SampleRate / AudioCodecs.FramesPerSecond;
            var heard = new short[frames * MixFormat.FrameSamples];
            for (var i = 0; i < frames; i++, _frame++)
            {
                var length = _encoder.Encode(Sine.Make(Hertz, _encoder.SampleRate, samples, amplitude, _frame * samples), _payload);
                var header = new RtpHeader(0, false, (ushort)_frame, (uint)(_frame * (_encoder.Codec.ClockRate() / AudioCodecs.FramesPerSecond)), 1);
                Seat.Put(_encoder.Codec, header, _payload.AsSpan(0, length), TimeSpan.FromMilliseconds(20 * _frame), level);
                Mix.Tick();
                Mix.Hear(Other, heard.AsSpan(i * MixFormat.FrameSamples, MixFormat.FrameSamples));
            }
            return heard;
        }

        public override void Dispose()
        {
            _encoder.Dispose();
            base.Dispose();
        }
    }
}
