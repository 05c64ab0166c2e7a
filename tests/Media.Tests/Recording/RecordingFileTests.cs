using System.Buffers;
using System.Buffers.Binary;
using Webphone.Media.Codecs;
using Webphone.Media.Recording;

namespace Webphone.Media.Tests.Recording;

/// <summary>CTL-12: what a recording is written as.</summary>
public class RecordingFileTests
{
    private const int Rate = RecordingFormat.SampleRate;

    [Fact]
    public void CTL_12_a_wav_file_has_the_own_side_on_the_left_and_the_far_side_on_the_right()
    {
        var (left, right) = RecordedFile.ReadWav(RecordedFile.Make(RecordingCoding.Wav, 50, 440, 1000));
        Assert.Equal(Rate, left.Length);
        Assert.InRange(Sine.Amplitude(left, 440, Rate), 7900, 8100);
        Assert.True(Sine.Amplitude(left, 1000, Rate) < 5);
        Assert.InRange(Sine.Amplitude(right, 1000, Rate), 7900, 8100);
        Assert.True(Sine.Amplitude(right, 440, Rate) < 5);
    }

    [Fact]
    public void CTL_12_an_opus_file_keeps_the_channels_apart_and_says_how_long_it_is()
    {
        NeedsOpus();
        var (packets, granule, flags) = RecordedFile.ReadOgg(RecordedFile.Make(RecordingCoding.Opus, 150, 440, 1000));
        Assert.Equal(4, flags & 4);
        Assert.Equal(150 * 960, granule);
        Assert.True(packets[0].AsSpan(0, 8).SequenceEqual("OpusHead"u8));
        Assert.Equal(OggOpusRecording.PreSkip, BinaryPrimitives.ReadUInt16LittleEndian(packets[0].AsSpan(10)));
        Assert.Equal<byte[]>([1, 2, 0, 0, 1], packets[0][18..]);
        Assert.True(packets[1].AsSpan(0, 8).SequenceEqual("OpusTags"u8));
        Assert.Equal(152, packets.Count);
        var (left, right) = Decode(packets[2..]);
        Assert.True(Sine.Amplitude(left, 440, Rate) > 5000);
        Assert.True(Sine.Amplitude(left, 1000, Rate) < 50);
        Assert.True(Sine.Amplitude(right, 1000, Rate) > 5000);
        Assert.True(Sine.Amplitude(right, 440, Rate) < 50);
    }

    [Fact]
    public void CTL_12_an_opus_file_of_silence_and_noise_has_whole_packets_only()
    {
        NeedsOpus();
        using var encoder = RecordingEncoders.Create(RecordingCoding.Opus, 7);
        var file = new ArrayBufferWriter<byte>();
        encoder.Begin(file);
        var random = new Random(1);
        for (var i = 0; i < 120; i++)
        {
            var frame = new short[RecordingFormat.FrameSamples];
            for (var sample = 0; sample < frame.Length && i % 3 > 0; sample++)
                frame[sample] = (short)random.Next(i % 3 == 1 ? 200 : short.MaxValue);
            encoder.Write(frame, file);
        }
        encoder.End(file);
        var (packets, _, _) = RecordedFile.ReadOgg(file.WrittenSpan);
        Assert.Equal(120, Decode(packets[2..]).Left.Length / RecordingFormat.ChannelSamples + 10);
    }

    [Theory]
    [InlineData(RecordingCoding.Wav)]
    [InlineData(RecordingCoding.Opus)]
    public void P21_a_file_that_was_cut_off_anywhere_is_repaired_and_loses_two_seconds_at_most(RecordingCoding coding)
    {
        if (coding == RecordingCoding.Opus)
            NeedsOpus();
        var whole = RecordedFile.Make(coding, 250, 440, 1000, end: false);
        for (var length = whole.Length; length > whole.Length - 3000; length -= 37)
        {
            var cut = whole.AsSpan(0, length);
            var repair = RecordingRepair.Find(coding, length, cut[Math.Max(0, length - RecordingRepair.TailSize)..])!;
            Assert.InRange(repair.Duration.TotalSeconds, length / (double)whole.Length * 5 - 2, 5);
            var repaired = cut[..(int)repair.Length].ToArray();
            repair.Patch.CopyTo(repaired, repair.PatchAt);
            if (coding == RecordingCoding.Wav)
                Assert.Equal(repair.Duration.TotalSeconds * Rate, RecordedFile.ReadWav(repaired).Left.Length, 0.5);
            else
                Assert.Equal(4, RecordedFile.ReadOgg(repaired).Flags & 4);
        }
    }

    [Theory]
    [InlineData(RecordingCoding.Wav)]
    [InlineData(RecordingCoding.Opus)]
    public void P21_what_holds_nothing_to_play_is_not_repaired(RecordingCoding coding)
    {
        Assert.Null(RecordingRepair.Find(coding, 0, []));
        Assert.Null(RecordingRepair.Find(coding, 20, new byte[20]));
        Assert.Null(RecordingRepair.Find(RecordingCoding.Opus, 70, [.. Enumerable.Repeat("OggS"u8.ToArray(), 16).SelectMany(bytes => bytes), 255, 255, 255, 255, 255, 255]));
    }

    [Theory]
    [InlineData(RecordingCoding.Wav)]
    [InlineData(RecordingCoding.Opus)]
    public void Writing_allocates_nothing_per_frame(RecordingCoding coding)
    {
        if (coding == RecordingCoding.Opus)
            NeedsOpus();
        using var encoder = RecordingEncoders.Create(coding, 7);
        var output = new ArrayBufferWriter<byte>(1 << 20);
        encoder.Begin(output);
        var frame = RecordedFile.Frame(440, 1000, 0);
        Assert.Equal(0, Allocation.OfQuietestRound(() =>
        {
            output.ResetWrittenCount();
            for (var i = 0; i < 100; i++)
                encoder.Write(frame, output);
        }));
    }

    [Fact]
    public void P21_peaks_follow_each_channel_and_are_reduced_to_the_highest()
    {
        var peaks = new RecordingPeaks();
        var steps = new List<byte>();
        Span<byte> step = stackalloc byte[RecordingPeaks.StepSize];
        for (var i = 0; i < 50; i++)
        {
            var frame = i < 25 ? RecordedFile.Frame(440, 0, i) : RecordedFile.Frame(0, 1000, i);
            if (peaks.Take(frame, step))
                steps.AddRange(step);
        }
        Assert.Equal(20, steps.Count);
        Assert.Equal<byte[]>([62, 0, 0, 62], RecordingPeaks.Reduce(steps.ToArray(), 2));
        Assert.Equal(steps, RecordingPeaks.Reduce(steps.ToArray(), 100));
        Assert.Empty(RecordingPeaks.Reduce([], 100));
    }

    private static (short[] Left, short[] Right) Decode(List<byte[]> packets)
    {
        using var left = new OpusDecoder(Rate);
        using var right = new OpusDecoder(Rate);
        var (leftSamples, rightSamples) = (new short[packets.Count * RecordingFormat.ChannelSamples], new short[packets.Count * RecordingFormat.ChannelSamples]);
        for (var i = 0; i < packets.Count; i++)
        {
            var range = new Range(i * RecordingFormat.ChannelSamples, (i + 1) * RecordingFormat.ChannelSamples);
            RecordedFile.Decode(packets[i], left, right, leftSamples.AsSpan(range), rightSamples.AsSpan(range));
        }
        // The decoders settle first.
        return (leftSamples[(10 * RecordingFormat.ChannelSamples)..], rightSamples[(10 * RecordingFormat.ChannelSamples)..]);
    }

    private static void NeedsOpus() => Assert.SkipUnless(AudioCodec.Opus.CanTranscode(), "libopus is not on this system.");
}
