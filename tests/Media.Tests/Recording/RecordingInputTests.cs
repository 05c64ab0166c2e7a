using Webphone.Media.Codecs;
using Webphone.Media.Recording;
using Webphone.Media.Rtp;

namespace Webphone.Media.Tests.Recording;

/// <summary>CTL-12: two streams of packets become two channels that keep step.</summary>
public sealed class RecordingInputTests : IDisposable
{
    private const int Rate = RecordingFormat.SampleRate;
    private static readonly TimeSpan FrameTime = AudioCodecs.Frame;
    private readonly RecordingInput _input = new();
    private readonly short[] _frame = new short[RecordingFormat.FrameSamples];

    public void Dispose() => _input.Dispose();

    [Theory]
    [InlineData(AudioCodec.Pcmu, AudioCodec.Pcma)]
    [InlineData(AudioCodec.G722, AudioCodec.Pcmu)]
    [InlineData(AudioCodec.Opus, AudioCodec.G722)]
    public void CTL_12_each_side_is_on_its_own_channel_whatever_its_codec(AudioCodec own, AudioCodec far)
    {
        Assert.SkipUnless(own.CanTranscode() && far.CanTranscode(), "libopus is not on this system.");
        using var ownSpeaker = new Speaker(own, 440);
        using var farSpeaker = new Speaker(far, 1000);
        var (left, right) = Run(100, i =>
        {
            PutOwn(ownSpeaker, i);
            PutFar(farSpeaker, i);
        });
        Assert.True(Sine.Amplitude(left.AsSpan(Rate / 2, Rate), 440, Rate) > 5000);
        Assert.True(Sine.Amplitude(left.AsSpan(Rate / 2, Rate), 1000, Rate) < 100);
        Assert.True(Sine.Amplitude(right.AsSpan(Rate / 2, Rate), 1000, Rate) > 5000);
        Assert.True(Sine.Amplitude(right.AsSpan(Rate / 2, Rate), 440, Rate) < 100);
    }

    [Fact]
    public void CTL_12_channels_stay_aligned_when_one_side_says_nothing_loses_packets_or_comes_late()
    {
        using var own = new Speaker(AudioCodec.Pcmu, 440);
        using var far = new Speaker(AudioCodec.Pcmu, 1000);
        // Both speak from 4 s to 5 s; before that the one is silent (DTX) and the other loses every tenth packet.
        var (left, right) = Run(300, i =>
        {
            if (i is >= 200 and < 250)
                PutOwn(own, i);
            if (i is < 150 && i % 10 != 3 || i is >= 200 and < 250)
                PutFar(far, i);
        });
        var (leftStart, rightStart) = (FirstLoud(left, 2 * Rate), FirstLoud(right, 175 * RecordingFormat.ChannelSamples));
        Assert.InRange(leftStart, 3.9 * Rate, 4.2 * Rate);
        Assert.InRange(Math.Abs(leftStart - rightStart), 0, 0.1 * Rate);
        Assert.Equal(0, Sine.Power(left.AsSpan(0, 3 * Rate)));
    }

    [Fact]
    public void P21_nothing_that_was_said_before_it_was_cleared_is_heard_afterwards()
    {
        using var own = new Speaker(AudioCodec.Pcmu, 440);
        using var far = new Speaker(AudioCodec.Pcmu, 1000);
        Run(50, i =>
        {
            PutOwn(own, i);
            PutFar(far, i);
            _input.PutFar(Sine.Make(700, Rate, RecordingFormat.ChannelSamples));
        });
        _input.Clear();
        var (left, right) = Run(20, _ => { });
        Assert.Equal(0, Sine.Power(left));
        Assert.Equal(0, Sine.Power(right));
    }

    [Fact]
    public void CTL_12_frames_of_a_mix_take_the_far_side()
    {
        var (left, right) = Run(50, i => _input.PutFar(Sine.Make(700, Rate, RecordingFormat.ChannelSamples, start: i * RecordingFormat.ChannelSamples)));
        Assert.Equal(0, Sine.Power(left));
        Assert.InRange(Sine.Amplitude(right.AsSpan(Rate / 5, Rate / 2), 700, Rate), 7900, 8100);
    }

    [Fact]
    public void Nothing_is_allocated_per_packet_and_frame()
    {
        using var own = new Speaker(AudioCodec.G722, 440);
        using var far = new Speaker(AudioCodec.Pcmu, 1000);
        var index = 0;
        var packets = Enumerable.Range(0, 3000).Select(i => (Own: own.Say(i), Far: far.Say(i))).ToArray();
        Assert.Equal(0, Allocation.OfQuietestRound(() =>
        {
            for (var i = 0; i < 100; i++, index++)
            {
                _input.PutOwn(AudioCodec.G722, own.Header(index), packets[index].Own, index * FrameTime);
                _input.PutFar(AudioCodec.Pcmu, far.Header(index), packets[index].Far, index * FrameTime);
                _input.Read(_frame);
            }
        }));
    }

    private void PutOwn(Speaker speaker, int index) => _input.PutOwn(speaker.Codec, speaker.Header(index), speaker.Say(index), index * FrameTime);

    private void PutFar(Speaker speaker, int index) => _input.PutFar(speaker.Codec, speaker.Header(index), speaker.Say(index), index * FrameTime);

    private (short[] Left, short[] Right) Run(int frames, Action<int> tick)
    {
        var (left, right) = (new List<short>(), new List<short>());
        for (var i = 0; i < frames; i++)
        {
            tick(i);
            _input.Read(_frame);
            for (var sample = 0; sample < _frame.Length; sample += 2)
            {
                left.Add(_frame[sample]);
                right.Add(_frame[sample + 1]);
            }
        }
        return ([.. left], [.. right]);
    }

    private static int FirstLoud(short[] samples, int from) => from + samples.AsSpan(from).IndexOfAnyExceptInRange((short)-3000, (short)3000);

    /// <summary>Packets of a tone.</summary>
    private sealed class Speaker(AudioCodec codec, double hertz) : IDisposable
    {
        private readonly IAudioEncoder _encoder = codec.CreateEncoder();
        private readonly byte[] _payload = new byte[AudioCodecs.MaxPayload];

        public AudioCodec Codec => codec;

        public RtpHeader Header(int index) => new(0, false, (ushort)(100 + index), (uint)(5000 + index * codec.ClockRate() / AudioCodecs.FramesPerSecond), 1);

        public byte[] Say(int index)
        {
            var samples = _encoder.SampleRate / AudioCodecs.FramesPerSecond;
            return _payload[.._encoder.Encode(Sine.Make(hertz, _encoder.SampleRate, samples, start: index * samples), _payload)];
        }

        public void Dispose() => _encoder.Dispose();
    }
}
