namespace Webphone.Media.Codecs;

/// <summary>Encodes 20 ms frames of one stream. Not thread-safe.</summary>
public interface IAudioEncoder : IDisposable
{
    AudioCodec Codec { get; }

    /// <summary>Samples a second of what it takes.</summary>
    int SampleRate { get; }

    /// <summary>Encodes one frame and gives the payload's length.</summary>
    int Encode(ReadOnlySpan<short> samples, Span<byte> payload);
}

/// <summary>Decodes the payloads of one stream in their order. Not thread-safe; whatever the bytes, it never throws.</summary>
public interface IAudioDecoder : IDisposable
{
    AudioCodec Codec { get; }

    /// <summary>Samples a second of what it gives.</summary>
    int SampleRate { get; }

    /// <summary>How many samples a payload holds; 0 when it is malformed.</summary>
    int CountSamples(ReadOnlySpan<byte> payload);

    /// <summary>Decodes as much of a payload as fits and gives the number of samples; 0 when it is malformed.</summary>
    int Decode(ReadOnlySpan<byte> payload, Span<short> samples);

    /// <summary>Fills a lost frame from the decoder's own state; false when the codec leaves that to the caller.</summary>
    bool TryConceal(Span<short> samples);
}
