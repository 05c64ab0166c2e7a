using System.Buffers;
using System.Runtime.InteropServices;
using Webphone.Media.Files;

namespace Webphone.Media.Recording;

/// <summary>A recording as 16-bit stereo WAV. The sizes in its header are kept up with the data.</summary>
public sealed class WavRecording : IRecordingEncoder
{
    private int _frames;

    public void Begin(IBufferWriter<byte> output)
    {
        WriteHead(output.GetSpan(WavWriter.HeaderSize));
        output.Advance(WavWriter.HeaderSize);
    }

    public void Write(ReadOnlySpan<short> frame, IBufferWriter<byte> output)
    {
        // WAV is little-endian, as is every processor that this runs on.
        output.Write(MemoryMarshal.AsBytes(frame));
        _frames++;
    }

    public void Flush(IBufferWriter<byte> output)
    {
    }

    public void End(IBufferWriter<byte> output)
    {
    }

    public int WriteHead(Span<byte> head)
    {
        WavWriter.WriteHeader(head, RecordingFormat.SampleRate, _frames * RecordingFormat.ChannelSamples, RecordingFormat.Channels);
        return WavWriter.HeaderSize;
    }

    public void Dispose()
    {
    }
}
