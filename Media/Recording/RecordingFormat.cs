using Webphone.Media.Mixing;

namespace Webphone.Media.Recording;

/// <summary>What is recorded: 16 kHz in frames of 20 ms, two channels interleaved. Left is what the recorded user says, right what they hear.</summary>
public static class RecordingFormat
{
    public const int SampleRate = MixFormat.SampleRate;

    public const int Channels = 2;

    /// <summary>Samples of one channel in a frame.</summary>
    public const int ChannelSamples = MixFormat.FrameSamples;

    /// <summary>Samples of a frame, both channels.</summary>
    public const int FrameSamples = Channels * ChannelSamples;

    /// <summary>A longer recording ends here: its WAV file would pass 2 GiB.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromHours(8);
}

/// <summary>How a recording is kept.</summary>
public enum RecordingCoding : byte
{
    /// <summary>16-bit PCM: plays everywhere and costs no work, 230 MB an hour.</summary>
    Wav,

    /// <summary>Opus in Ogg (RFC 7845), each channel a stream of its own so that neither leaks into the other: about 20 MB an hour. Needs libopus.</summary>
    Opus,
}
