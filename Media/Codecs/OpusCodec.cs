using System.Runtime.InteropServices;

namespace Webphone.Media.Codecs;

/// <summary>A libopus encoder or decoder, freed even when its owner forgets it.</summary>
internal sealed unsafe class OpusHandle : SafeHandle
{
    private readonly bool _isEncoder;

    public OpusHandle(nint state, bool isEncoder)
        : base(0, ownsHandle: true)
    {
        _isEncoder = isEncoder;
        SetHandle(state);
    }

    public override bool IsInvalid => handle == 0;

    public nint State => handle;

    protected override bool ReleaseHandle()
    {
        if (_isEncoder)
            OpusLibrary.EncoderDestroy(handle);
        else
            OpusLibrary.DecoderDestroy(handle);
        return true;
    }
}

/// <summary>Opus, mono.</summary>
public sealed unsafe class OpusEncoder : IAudioEncoder
{
    private const int ApplicationVoip = 2048;
    private const int ApplicationRestrictedLowDelay = 2051;
    private const int SetBitrate = 4002;
    private const int SetComplexity = 4010;
    private const int LightBitrate = 40_000;
    private const int LightComplexity = 1;
    private readonly OpusHandle _handle;

    /// <param name="sampleRate">Samples a second of what it takes: 8000, 12000, 16000, 24000 or 48000.</param>
    /// <param name="light">
    /// For many at once: the transform layer alone (CELT), which takes a fifth of the time that the one for speech takes (SILK), has less delay and keeps many voices and tones at once
    /// apart, for 40 kbit/s instead of some 20. Otherwise it is for one voice, as the library finds best.
    /// </param>
    public OpusEncoder(int sampleRate = 48000, bool light = false)
    {
        SampleRate = sampleRate;
        if (!OpusLibrary.IsAvailable)
            throw new PlatformNotSupportedException("libopus is not on this system.");
        int error;
        _handle = new OpusHandle(OpusLibrary.EncoderCreate(SampleRate, 1, light ? ApplicationRestrictedLowDelay : ApplicationVoip, &error), isEncoder: true);
        if (error != OpusLibrary.Ok)
            throw new InvalidOperationException($"libopus refused an encoder with code {error}.");
        if (!light || OpusLibrary.EncoderSet == null)
            return;
        _ = OpusLibrary.EncoderSet(_handle.State, SetBitrate, LightBitrate);
        _ = OpusLibrary.EncoderSet(_handle.State, SetComplexity, LightComplexity);
    }

    public AudioCodec Codec => AudioCodec.Opus;

    public int SampleRate { get; }

    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        fixed (short* from = samples)
        fixed (byte* to = payload)
            return Math.Max(0, OpusLibrary.Encode(_handle.State, from, samples.Length, to, payload.Length));
    }

    public void Dispose() => _handle.Dispose();
}

/// <summary>Opus to mono.</summary>
public sealed unsafe class OpusDecoder : IAudioDecoder
{
    private readonly OpusHandle _handle;

    /// <param name="sampleRate">Samples a second of what it gives: 8000, 12000, 16000, 24000 or 48000.</param>
    public OpusDecoder(int sampleRate = 48000)
    {
        SampleRate = sampleRate;
        if (!OpusLibrary.IsAvailable)
            throw new PlatformNotSupportedException("libopus is not on this system.");
        int error;
        _handle = new OpusHandle(OpusLibrary.DecoderCreate(SampleRate, 1, &error), isEncoder: false);
        if (error != OpusLibrary.Ok)
            throw new InvalidOperationException($"libopus refused a decoder with code {error}.");
    }

    public AudioCodec Codec => AudioCodec.Opus;

    public int SampleRate { get; }

    public int CountSamples(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return 0;
        fixed (byte* from = payload)
            return Math.Max(0, OpusLibrary.CountSamples(from, payload.Length, SampleRate));
    }

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        if (payload.IsEmpty)
            return 0;
        fixed (byte* from = payload)
        fixed (short* to = samples)
            return Math.Max(0, OpusLibrary.Decode(_handle.State, from, payload.Length, to, samples.Length, 0));
    }

    public bool TryConceal(Span<short> samples)
    {
        fixed (short* to = samples)
            return OpusLibrary.Decode(_handle.State, null, 0, to, samples.Length, 0) == samples.Length;
    }

    public void Dispose() => _handle.Dispose();
}
