using Webphone.Media.Codecs;
using Webphone.Media.Mixing;
using Webphone.Media.Playback;
using Webphone.Media.Rtp;

namespace Webphone.Media.Tests.Mixing;

public sealed class AudioMixTests
{
    private const int Frames = 100;

    /// <summary>Frames until every gate, jitter buffer and filter has settled.</summary>
    private const int Settled = 25;

    private static double HertzOf(int speaker) => 300 + 250 * speaker;

    [Fact]
    public void Ten_speakers_of_four_codecs_each_hear_the_nine_others_and_not_themselves()
    {
        var codecs = new[] { AudioCodec.Pcmu, AudioCodec.Pcma, AudioCodec.G722, AudioCodec.Opus }.Where(codec => codec.CanTranscode()).ToArray();
        using var room = new Room(10, speaker => codecs[speaker % codecs.Length], amplitude: 2000);
        var heard = room.Run(Frames);
        for (var listener = 0; listener < 10; listener++)
        {
            var sound = heard[listener].AsSpan(Settled * MixFormat.FrameSamples);
            for (var speaker = 0; speaker < 10; speaker++)
            {
                var amplitude = Sine.Amplitude(sound, HertzOf(speaker), MixFormat.SampleRate);
                if (speaker == listener)
                    Assert.True(amplitude < 100, $"{listener} hears itself at {amplitude:F0}");
                else
                    Assert.InRange(amplitude, 1400, 2400);
            }
        }
    }

    [Fact]
    public void The_sum_of_ten_loud_speakers_does_not_clip()
    {
        using var room = new Room(10, _ => AudioCodec.Pcma, amplitude: 20000);
        foreach (var sound in room.Run(Frames))
        {
            var peak = 0;
            foreach (var sample in sound)
                peak = Math.Max(peak, Math.Abs((int)sample));
            // The gain is for the whole sum, so less one's own a peak may stick out a little.
            Assert.InRange(peak, 20000, short.MaxValue);
            Assert.True(CountClipped(sound) < sound.Length / 100, "more than 1 % of all samples are at the end of the scale");
        }
    }

    [Fact]
    public void A_muted_one_is_not_heard_and_hears()
    {
        using var room = new Room(3, _ => AudioCodec.Pcmu, amplitude: 8000);
        room.Seats[0].IsMuted = true;
        var heard = room.Run(Frames);
        Assert.True(Sine.Amplitude(heard[1].AsSpan(Settled * MixFormat.FrameSamples), HertzOf(0), MixFormat.SampleRate) < 50);
        Assert.InRange(Sine.Amplitude(heard[0].AsSpan(Settled * MixFormat.FrameSamples), HertzOf(1), MixFormat.SampleRate), 7000, 9000);
        Assert.False(room.Seats[0].IsSpeaking);
        Assert.True(room.Seats[1].IsSpeaking);
    }

    [Fact]
    public void Noise_below_speech_does_not_enter_the_mix()
    {
        using var room = new Room(2, _ => AudioCodec.Pcmu, amplitude: 60);
        var heard = room.Run(Frames);
        Assert.All(heard[1].Skip(Settled * MixFormat.FrameSamples), sample => Assert.Equal(0, sample));
        Assert.False(room.Seats[0].IsSpeaking);
    }

    [Fact]
    public void Who_stops_speaking_is_quiet_after_the_hang_time_and_who_leaves_at_once()
    {
        using var room = new Room(3, _ => AudioCodec.Pcmu, amplitude: 8000);
        room.Run(Frames);
        room.Silence(0);
        room.Run(SpeechGate.HangFrames + 15);
        Assert.False(room.Seats[0].IsSpeaking);
        room.Mix.Remove(room.Seats[1]);
        room.Mix.Tick();
        Assert.Equal(2, room.Mix.Seats.Count);
        var frame = new short[MixFormat.FrameSamples];
        room.Mix.Hear(room.Seats[0], frame);
        Assert.True(Sine.Amplitude(frame, HertzOf(1), MixFormat.SampleRate) < 400);
    }

    [Fact]
    public void A_sound_is_played_to_everybody_once()
    {
        using var room = new Room(2, _ => AudioCodec.Pcmu, amplitude: 0);
        room.Mix.Play(new PcmClip(Sine.Make(1000, 8000, 1600), 8000, repeat: false));
        var heard = room.Run(20);
        Assert.All(heard, sound => Assert.InRange(Sine.Amplitude(sound.AsSpan(0, 9 * MixFormat.FrameSamples), 1000, MixFormat.SampleRate), 7000, 9000));
        Assert.All(heard, sound => Assert.All(sound.Skip(11 * MixFormat.FrameSamples), sample => Assert.Equal(0, sample)));
    }

    [Theory]
    [InlineData(AudioCodec.Pcmu)]
    [InlineData(AudioCodec.G722)]
    [InlineData(AudioCodec.Opus)]
    public void What_is_heard_is_encoded_for_each_codec(AudioCodec codec)
    {
        if (!codec.CanTranscode())
            Assert.Skip("libopus is not on this system");
        using var encoder = new MixEncoder(codec);
        using var decoder = codec.CreateDecoder();
        var tone = Sine.Make(700, MixFormat.SampleRate, 50 * MixFormat.FrameSamples);
        var payload = new byte[AudioCodecs.MaxPayload];
        var samples = new List<short>();
        var frame = new short[decoder.SampleRate / AudioCodecs.FramesPerSecond];
        for (var i = 0; i < 50; i++)
        {
            var length = encoder.Encode(tone.AsSpan(i * MixFormat.FrameSamples, MixFormat.FrameSamples), payload);
            Assert.Equal(frame.Length, decoder.Decode(payload.AsSpan(0, length), frame));
            samples.AddRange(frame);
        }

        Assert.InRange(Sine.Amplitude(samples.ToArray().AsSpan(frame.Length * 20), 700, decoder.SampleRate), 7000, 9000);
    }

    [Fact]
    public void A_tick_of_ten_speakers_allocates_nothing()
    {
        using var room = new Room(10, _ => AudioCodec.Pcmu, amplitude: 2000);
        room.Run(Frames);
        var frame = new short[MixFormat.FrameSamples];
        Assert.Equal(0, Allocation.OfQuietestRound(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                room.Mix.Tick();
                foreach (var seat in room.Seats)
                    room.Mix.Hear(seat, frame);
            }
        }));
    }

    private static int CountClipped(short[] sound) => sound.Count(sample => sample is short.MaxValue or short.MinValue);

    /// <summary>Speakers who each say a tone of their own.</summary>
    private sealed class Room : IDisposable
    {
        private readonly IAudioEncoder?[] _voices;
        private readonly double _amplitude;
        private int _frame;

        public Room(int speakers, Func<int, AudioCodec> codecOf, double amplitude)
        {
            Seats = [.. Enumerable.Range(0, speakers).Select(_ => Mix.Add())];
            _voices = [.. Enumerable.Range(0, speakers).Select(speaker => codecOf(speaker).CreateEncoder())];
            _amplitude = amplitude;
        }

        public AudioMix Mix { get; } = new();

        public MixSeat[] Seats { get; }

        public void Silence(int speaker) => _voices[speaker] = null;

        public short[][] Run(int frames)
        {
            var heard = Seats.Select(_ => new short[frames * MixFormat.FrameSamples]).ToArray();
            var payload = new byte[AudioCodecs.MaxPayload];
            for (var i = 0; i < frames; i++, _frame++)
            {
                for (var speaker = 0; speaker < Seats.Length; speaker++)
                    Say(speaker, payload);
                Mix.Tick();
                for (var listener = 0; listener < Seats.Length; listener++)
                    Mix.Hear(Seats[listener], heard[listener].AsSpan(i * MixFormat.FrameSamples, MixFormat.FrameSamples));
            }

            return heard;
        }

        public void Dispose()
        {
            foreach (var voice in _voices)
                voice?.Dispose();
            foreach (var seat in Seats)
                seat.Dispose();
        }

        private void Say(int speaker, byte[] payload)
        {
            if (_voices[speaker] is not { } voice)
                return;
            var samples = voice.SampleRate / AudioCodecs.FramesPerSecond;
            var length = voice.Encode(Sine.Make(HertzOf(speaker), voice.SampleRate, samples, _amplitude, _frame * samples), payload);
            var header = new RtpHeader(0, false, (ushort)_frame, (uint)(_frame * (voice.Codec.ClockRate() / AudioCodecs.FramesPerSecond)), (uint)speaker);
            Seats[speaker].Put(voice.Codec, header, payload.AsSpan(0, length), TimeSpan.FromMilliseconds(20 * _frame));
        }
    }
}
