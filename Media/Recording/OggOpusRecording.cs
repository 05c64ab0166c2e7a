using System.Buffers;
using System.Buffers.Binary;
using Webphone.Media.Codecs;

namespace Webphone.Media.Recording;

/// <summary>
/// A recording as Opus in Ogg (<see href="https://www.rfc-editor.org/rfc/rfc7845">RFC 7845</see>), a page for each second. The channels are two mono streams in
/// each packet (mapping family 1 without coupling), the first of them delimited as in RFC 6716 appendix B: a voice on the one side leaves no trace on the other.
/// </summary>
public sealed class OggOpusRecording : IRecordingEncoder
{
    /// <summary>What a decoder leaves out at the start, at 48 kHz: the encoder's look-ahead.</summary>
    public const ushort PreSkip = 120;

    private const int GranulesInFrame = 960;
    private const int MaxPacket = 2 * AudioCodecs.MaxPayload + 2;

    private readonly uint _serial;
    private readonly OpusEncoder _left = new(RecordingFormat.SampleRate, light: true);
    private readonly OpusEncoder _right = new(RecordingFormat.SampleRate, light: true);
    private readonly short[] _channel = new short[RecordingFormat.ChannelSamples];
    private readonly byte[] _packet = new byte[MaxPacket];
    private readonly byte[] _payload = new byte[AudioCodecs.MaxPayload];
    private readonly byte[] _segments = new byte[OggPage.MaxSegments];
    private readonly byte[] _body = new byte[OggPage.MaxSegments * 255];
    private int _segmentCount;
    private int _bodyLength;
    private int _packetsInPage;
    private uint _sequence;
    private long _granule;

    /// <param name="serial">Names the stream in its file.</param>
    public OggOpusRecording(uint serial) => _serial = serial;

    public void Begin(IBufferWriter<byte> output)
    {
        Span<byte> head = stackalloc byte[23];
        "OpusHead"u8.CopyTo(head);
        head[8] = 1;
        head[9] = RecordingFormat.Channels;
        BinaryPrimitives.WriteUInt16LittleEndian(head[10..], PreSkip);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], RecordingFormat.SampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(head[16..], 0);
        // Family 1, two streams, none of them coupled, channel to stream.
        ReadOnlySpan<byte> mapping = [1, 2, 0, 0, 1];
        mapping.CopyTo(head[18..]);
        Gather(head);
        PutPage(output, OggPageKind.First);
        ReadOnlySpan<byte> tags = [.. "OpusTags"u8, 8, 0, 0, 0, .. "Webphone"u8, 0, 0, 0, 0];
        Gather(tags);
        PutPage(output, OggPageKind.Middle);
    }

    public void Write(ReadOnlySpan<short> frame, IBufferWriter<byte> output)
    {
        var length = Encode(frame);
        if (_segmentCount + OggPage.SegmentsOf(length) > OggPage.MaxSegments)
            PutPage(output, OggPageKind.Middle);
        Gather(_packet.AsSpan(0, length));
        _granule += GranulesInFrame;
        if (++_packetsInPage == AudioCodecs.FramesPerSecond)
            PutPage(output, OggPageKind.Middle);
    }

    public void Flush(IBufferWriter<byte> output)
    {
        if (_segmentCount > 0)
            PutPage(output, OggPageKind.Middle);
    }

    /// <summary>The last page may hold nothing but the news that it is the last.</summary>
    public void End(IBufferWriter<byte> output) => PutPage(output, OggPageKind.Last);

    public int WriteHead(Span<byte> head) => 0;

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }

    private int Encode(ReadOnlySpan<short> frame)
    {
        var first = Encode(_left, frame, _payload);
        _packet[0] = _payload[0];
        var at = 1 + WriteLength(_packet.AsSpan(1), first - 1);
        _payload.AsSpan(1, first - 1).CopyTo(_packet.AsSpan(at));
        at += first - 1;
        return at + Encode(_right, frame[1..], _packet.AsSpan(at, AudioCodecs.MaxPayload));
    }

    /// <summary>One channel's packet. One that is no single frame of 20 ms would break the packet around it; an empty frame is taken for a lost one.</summary>
    private int Encode(OpusEncoder encoder, ReadOnlySpan<short> frame, Span<byte> payload)
    {
        for (var i = 0; i < _channel.Length; i++)
            _channel[i] = frame[RecordingFormat.Channels * i];
        var length = encoder.Encode(_channel, payload);
        if (length > 0 && (payload[0] & 3) == 0)
            return length;
        // Wideband CELT, 20 ms, mono, one frame.
        payload[0] = 0xB8;
        return 1;
    }

    /// <summary>RFC 6716 section 3.2.1.</summary>
    private static int WriteLength(Span<byte> destination, int length)
    {
        if (length < 252)
        {
            destination[0] = (byte)length;
            return 1;
        }
        destination[0] = (byte)(252 + (length & 3));
        destination[1] = (byte)((length - destination[0]) >> 2);
        return 2;
    }

    private void Gather(ReadOnlySpan<byte> packet)
    {
        packet.CopyTo(_body.AsSpan(_bodyLength));
        _bodyLength += packet.Length;
        var full = OggPage.SegmentsOf(packet.Length) - 1;
        _segments.AsSpan(_segmentCount, full).Fill(255);
        _segmentCount += full;
        _segments[_segmentCount++] = (byte)(packet.Length % 255);
    }

    private void PutPage(IBufferWriter<byte> output, OggPageKind kind)
    {
        var page = output.GetSpan(OggPage.HeaderSize + _segmentCount + _bodyLength);
        output.Advance(OggPage.Write(page, kind, _granule, _serial, _sequence++, _segments.AsSpan(0, _segmentCount), _body.AsSpan(0, _bodyLength)));
        (_segmentCount, _bodyLength, _packetsInPage) = (0, 0, 0);
    }
}
