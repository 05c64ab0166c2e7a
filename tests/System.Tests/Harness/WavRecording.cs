using System.Buffers.Binary;

namespace Webphone.System.Tests.Harness;

/// <summary>WAV files that a phone is writing in a folder; a phone begins a new one when its audio starts over.</summary>
public sealed class WavRecording(string folder, string pattern)
{
    private const int HeaderBytes = 44;

    /// <summary>
    /// The next <paramref name="length"/> of audio that the phone hears from now on. Less when nothing more came within
    /// <paramref name="limit"/>: a phone that hears nothing writes nothing.
    /// </summary>
    public async Task<Tone> NextAsync(TimeSpan length, TimeSpan? limit = null)
    {
        var (path, offset) = Newest();
        var end = Environment.TickCount64 + (long)(limit ?? length + TimeSpan.FromSeconds(4)).TotalMilliseconds;
        while (true)
        {
            var (now, size) = Newest();
            if (now != path)
            {
                (path, offset) = (now, HeaderBytes);
            }

            var (rate, channels) = path is null ? (8000, 1) : Format(path);
            var wanted = (long)(length.TotalSeconds * rate) * 2 * channels;
            var left = end - Environment.TickCount64;
            if (size - offset >= wanted || left <= 0)
            {
                return new Tone(path is null ? [] : Read(path, offset, Math.Min(wanted, size - offset), channels), rate);
            }

            await Task.Delay(20);
        }
    }

    private (string? Path, long Size) Newest()
    {
        var newest = new DirectoryInfo(folder).EnumerateFiles(pattern).OrderBy(f => f.Name, StringComparer.Ordinal).LastOrDefault();
        return newest is null ? (null, HeaderBytes) : (newest.FullName, Math.Max(HeaderBytes, WholeFrames(newest.Length)));
    }

    /// <summary>A phone flushes its buffer wherever it is full; half a sample read as a whole one is noise. The header, too, is whole frames of 16-bit stereo.</summary>
    private static long WholeFrames(long bytes) => bytes & ~3L;

    private static (int Rate, int Channels) Format(string path)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes
            ? (8000, 1)
            // A writer that fills its header in at the end leaves zeros until then.
            : (Or(BinaryPrimitives.ReadInt32LittleEndian(header[24..]), 8000), Or(BinaryPrimitives.ReadInt16LittleEndian(header[22..]), 1));

        static int Or(int read, int otherwise) => read > 0 ? read : otherwise;
    }

    /// <summary>The first channel of a stretch.</summary>
    private static short[] Read(string path, long offset, long bytes, int channels)
    {
        var buffer = new byte[bytes & ~1];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = offset;
        var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var samples = new short[read / 2 / channels];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(buffer.AsSpan(i * 2 * channels));
        }

        return samples;
    }
}
