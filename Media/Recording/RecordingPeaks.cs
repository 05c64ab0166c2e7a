namespace Webphone.Media.Recording;

/// <summary>
/// How loud a recording is along its length, to draw it by: for each tenth of a second two bytes, the highest sample of the left and the right channel, 0 to 255.
/// Made while it is recorded, so that nothing has to be decoded later. Not thread-safe.
/// </summary>
public sealed class RecordingPeaks
{
    public const int FramesInStep = 5;
    public const int StepSize = RecordingFormat.Channels;

    private int _left;
    private int _right;
    private int _frames;

    /// <summary>Takes a frame; true when a step is full and stands in <paramref name="step"/>.</summary>
    public bool Take(ReadOnlySpan<short> frame, Span<byte> step)
    {
        for (var i = 0; i < frame.Length; i += RecordingFormat.Channels)
        {
            _left = Math.Max(_left, Math.Abs((int)frame[i]));
            _right = Math.Max(_right, Math.Abs((int)frame[i + 1]));
        }
        if (++_frames < FramesInStep)
            return false;
        step[0] = Scale(_left);
        step[1] = Scale(_right);
        (_left, _right, _frames) = (0, 0, 0);
        return true;
    }

    /// <summary>The same with at most so many steps, each the highest of those that it stands for.</summary>
    public static byte[] Reduce(ReadOnlySpan<byte> steps, int most)
    {
        var count = steps.Length / StepSize;
        var points = Math.Min(count, most);
        var reduced = new byte[points * StepSize];
        for (var i = 0; i < count && points > 0; i++)
        {
            var point = (int)((long)i * points / count) * StepSize;
            reduced[point] = Math.Max(reduced[point], steps[i * StepSize]);
            reduced[point + 1] = Math.Max(reduced[point + 1], steps[i * StepSize + 1]);
        }
        return reduced;
    }

    private static byte Scale(int peak) => (byte)Math.Min(255, peak >> 7);
}
