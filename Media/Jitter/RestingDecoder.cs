using Webphone.Media.Codecs;
using Webphone.Media.Mixing;
using Webphone.Media.Rtp;

namespace Webphone.Media.Jitter;

/// <summary>
/// A decoder that rests while the sender says of its packets that nothing is to be heard in them: silence takes their place. The last packet that was passed over is
/// decoded before the first that is heard again, so that what the codec predicts from is quiet too, and nothing clicks. Only Opus rests: G.711 has nothing to save, and G.722
/// needs longer to adapt than one packet. Not thread-safe; nothing is allocated per packet.
/// </summary>
internal sealed class RestingDecoder(IAudioDecoder decoder) : IDisposable
{
    /// <summary>So many dB below overload, or more, a packet is silent: by itself it would close a <see cref="SpeechGate"/>.</summary>
    public const byte Falls = 57;

    /// <summary>What is this loud or louder ends the rest: it would not open such a gate yet.</summary>
    public const byte Wakes = 54;

    /// <summary>Silent packets in a row after which it rests: such a gate has closed before, on what was really said.</summary>
    public const int HangPackets = SpeechGate.HangFrames + 5;

    /// <summary>An Opus packet of so many bytes says that nothing is sent for a while (RFC 6716 section 2.1.9).</summary>
    private const int DiscontinuousBytes = 2;

    private readonly bool _rests = decoder.Codec == AudioCodec.Opus;
    private readonly byte[] _passedOver = decoder.Codec == AudioCodec.Opus ? new byte[AudioCodecs.MaxPayload] : [];
    private int _passedOverLength;
    private int _silentPackets = HangPackets;

    public AudioCodec Codec => decoder.Codec;

    public int SampleRate => decoder.SampleRate;

    public bool IsResting => _rests && _silentPackets == HangPackets;

    /// <summary>Gives the samples of a payload, or as many of silence; 0 when it is malformed.</summary>
    /// <param name="payload">The packets of one stream in their order.</param>
    /// <param name="level">As <see cref="AudioLevelExtension"/> has it.</param>
    /// <param name="samples">Where they go, as many as fit.</param>
    public int Decode(ReadOnlySpan<byte> payload, byte level, Span<short> samples)
    {
        var wasResting = IsResting;
        Judge(payload.Length, level);
        if (wasResting && IsResting)
            return PassOver(payload, samples);
        if (_passedOverLength > 0)
        {
            decoder.Decode(_passedOver.AsSpan(0, _passedOverLength), samples);
            _passedOverLength = 0;
        }
        return decoder.Decode(payload, samples);
    }

    /// <summary>Fills a lost frame; false when that is left to the caller.</summary>
    public bool TryConceal(Span<short> samples)
    {
        if (!IsResting)
            return decoder.TryConceal(samples);
        samples.Clear();
        return true;
    }

    public void Dispose() => decoder.Dispose();

    private void Judge(int payloadLength, byte level)
    {
        if (payloadLength <= DiscontinuousBytes)
            level = AudioLevelExtension.Silence;
        var isSilent = IsResting ? level > Wakes : level >= Falls;
        _silentPackets = isSilent ? Math.Min(HangPackets, _silentPackets + 1) : 0;
    }

    private int PassOver(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        var count = Math.Min(samples.Length, decoder.CountSamples(payload));
        samples[..count].Clear();
        _passedOverLength = payload.Length <= _passedOver.Length ? payload.Length : 0;
        payload[.._passedOverLength].CopyTo(_passedOver);
        return count;
    }
}
