using Webphone.Media.Files;

namespace Webphone.Media.Recording;

/// <summary>What is to be done to a file whose writer died, so that it ends properly.</summary>
/// <param name="Length">What the file is cut to.</param>
/// <param name="Duration">What can be played of it.</param>
/// <param name="PatchAt">Where the patch goes.</param>
/// <param name="Patch">Empty for none.</param>
public sealed record RecordingRepair(long Length, TimeSpan Duration, long PatchAt, byte[] Patch)
{
    /// <summary>As much of a file's end as a repair has to see.</summary>
    public const int TailSize = 2 * OggPage.MaxSize;

    /// <summary>Finds the repair; null for a file that holds nothing to play.</summary>
    /// <param name="coding">What the file is.</param>
    /// <param name="length">The whole file's length.</param>
    /// <param name="tail">Its last <see cref="TailSize"/> bytes, or all where it has fewer.</param>
    public static RecordingRepair? Find(RecordingCoding coding, long length, ReadOnlySpan<byte> tail) =>
        coding == RecordingCoding.Wav ? OfWav(length) : OfOgg(length, tail);

    private static RecordingRepair? OfWav(long length)
    {
        const int sampleSize = RecordingFormat.Channels * sizeof(short);
        var samples = (int)Math.Min(int.MaxValue, (length - WavWriter.HeaderSize) / sampleSize);
        if (samples <= 0)
            return null;
        var header = new byte[WavWriter.HeaderSize];
        WavWriter.WriteHeader(header, RecordingFormat.SampleRate, samples, RecordingFormat.Channels);
        return new RecordingRepair(WavWriter.HeaderSize + (long)samples * sampleSize, TimeSpan.FromSeconds((double)samples / RecordingFormat.SampleRate), 0, header);
    }

    private static RecordingRepair? OfOgg(long length, ReadOnlySpan<byte> tail)
    {
        if (!OggPage.TryFindLast(tail, out var start, out var size, out var granule) || granule <= OggOpusRecording.PreSkip)
            return null;
        var page = tail.Slice(start, size).ToArray();
        OggPage.MarkLast(page);
        var at = length - tail.Length + start;
        return new RecordingRepair(at + size, TimeSpan.FromSeconds((granule - OggOpusRecording.PreSkip) / 48000.0), at, page);
    }
}
