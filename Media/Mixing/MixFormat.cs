using Webphone.Media.Codecs;

namespace Webphone.Media.Mixing;

/// <summary>What is mixed: mono, 16 kHz, frames of 20 ms. Wideband telephony needs no more, and half of all phones bring less.</summary>
public static class MixFormat
{
    public const int SampleRate = 16000;

    public const int FrameSamples = SampleRate / AudioCodecs.FramesPerSecond;
}
