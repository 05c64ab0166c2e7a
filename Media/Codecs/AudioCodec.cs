namespace Webphone.Media.Codecs;

/// <summary>The audio codecs that the engine knows.</summary>
public enum AudioCodec : byte
{
    Pcmu,
    Pcma,
    G722,
    Opus,
}

/// <summary>What RFC 3551 and RFC 7587 say of each codec. All audio here is mono with frames of 20 ms.</summary>
public static class AudioCodecs
{
    /// <summary>Length of every frame made here.</summary>
    public static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    /// <summary>Frames a second.</summary>
    public const int FramesPerSecond = 50;

    /// <summary>Largest payload that an encoder here makes.</summary>
    public const int MaxPayload = 1275;

    /// <summary>Ticks a second of the RTP timestamp; G.722 counts 8000 for its 16000 samples (RFC 3551 section 4.5.2).</summary>
    public static int ClockRate(this AudioCodec codec) => codec == AudioCodec.Opus ? 48000 : 8000;

    /// <summary>Samples a second that encoder and decoder take and give.</summary>
    public static int SampleRate(this AudioCodec codec) => codec switch { AudioCodec.G722 => 16000, AudioCodec.Opus => 48000, _ => 8000 };

    /// <summary>The static payload type, or null for a codec that has none.</summary>
    public static byte? StaticPayloadType(this AudioCodec codec) => codec switch
    {
        AudioCodec.Pcmu => 0,
        AudioCodec.Pcma => 8,
        AudioCodec.G722 => 9,
        _ => null,
    };

    /// <summary>The encoding name of rtpmap.</summary>
    public static string EncodingName(this AudioCodec codec) => codec switch
    {
        AudioCodec.Pcmu => "PCMU",
        AudioCodec.Pcma => "PCMA",
        AudioCodec.G722 => "G722",
        _ => "opus",
    };

    /// <summary>A codec by its encoding name, in any case.</summary>
    public static bool TryFromName(ReadOnlySpan<char> name, out AudioCodec codec)
    {
        for (codec = AudioCodec.Pcmu; codec <= AudioCodec.Opus; codec++)
        {
            if (name.Equals(codec.EncodingName(), StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    /// <summary>Whether this process can encode and decode the codec; passing it through needs nothing.</summary>
    public static bool CanTranscode(this AudioCodec codec) => codec != AudioCodec.Opus || OpusLibrary.IsAvailable;

    public static IAudioEncoder CreateEncoder(this AudioCodec codec) => codec switch
    {
        AudioCodec.G722 => new G722Encoder(),
        AudioCodec.Opus => new OpusEncoder(),
        _ => new G711Encoder(codec),
    };

    public static IAudioDecoder CreateDecoder(this AudioCodec codec) => codec switch
    {
        AudioCodec.G722 => new G722Decoder(),
        AudioCodec.Opus => new OpusDecoder(),
        _ => new G711Decoder(codec),
    };

    /// <summary>An encoder that takes <paramref name="sampleRate"/> where the codec can have any, else its own rate.</summary>
    /// <param name="codec">The codec.</param>
    /// <param name="sampleRate">Of what it is to take.</param>
    /// <param name="light">As <see cref="OpusEncoder"/> has it.</param>
    public static IAudioEncoder CreateEncoder(this AudioCodec codec, int sampleRate, bool light = false) =>
        codec == AudioCodec.Opus ? new OpusEncoder(sampleRate, light) : codec.CreateEncoder();

    /// <summary>A decoder that gives <paramref name="sampleRate"/> where the codec can have any, else its own rate.</summary>
    public static IAudioDecoder CreateDecoder(this AudioCodec codec, int sampleRate) =>
        codec == AudioCodec.Opus ? new OpusDecoder(sampleRate) : codec.CreateDecoder();
}
