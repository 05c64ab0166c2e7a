using System.Buffers;

namespace Webphone.Media.Recording;

/// <summary>
/// From frames to a file's bytes. A file that ends anywhere after a <see cref="Flush"/> can be played up to there. Not thread-safe.
/// </summary>
public interface IRecordingEncoder : IDisposable
{
    /// <summary>The file's first bytes.</summary>
    void Begin(IBufferWriter<byte> output);

    /// <summary>A frame of <see cref="RecordingFormat.FrameSamples"/>.</summary>
    void Write(ReadOnlySpan<short> frame, IBufferWriter<byte> output);

    /// <summary>Puts out what was gathered.</summary>
    void Flush(IBufferWriter<byte> output);

    /// <summary>The file's last bytes.</summary>
    void End(IBufferWriter<byte> output);

    /// <summary>What the file's start is to be written over with after each flush; gives its length, 0 for nothing.</summary>
    int WriteHead(Span<byte> head);
}

/// <summary>The encoders.</summary>
public static class RecordingEncoders
{
    /// <summary>Room for the head of any file.</summary>
    public const int MaxHead = 64;

    /// <summary>How a recording is kept that is asked for in <paramref name="wanted"/>: as WAV where Opus cannot be made.</summary>
    public static RecordingCoding Possible(RecordingCoding wanted) => Codecs.AudioCodecs.CanTranscode(Codecs.AudioCodec.Opus) ? wanted : RecordingCoding.Wav;

    /// <param name="coding">As <see cref="Possible"/> says.</param>
    /// <param name="serial">Any number; it names the stream within an Ogg file.</param>
    public static IRecordingEncoder Create(RecordingCoding coding, uint serial) =>
        coding == RecordingCoding.Opus ? new OggOpusRecording(serial) : new WavRecording();
}
