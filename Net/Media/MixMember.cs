using Webphone.Media.Codecs;
using Webphone.Media.Mixing;

namespace Webphone.Net.Media;

/// <summary>One endpoint in a <see cref="MediaMix"/>: its seat, and the encoder for what only it hears.</summary>
internal sealed class MixMember(MediaMix mix, MediaEndpoint endpoint, MixSeat seat) : IDisposable
{
    private MixEncoder? _encoder;
    private bool _spoke;

    public MediaMix Mix => mix;

    public MediaEndpoint Endpoint => endpoint;

    public MixSeat Seat => seat;

    /// <summary>Kept as long as the codec stays the same.</summary>
    public MixEncoder EncoderOf(AudioCodec codec)
    {
        if (_encoder?.Codec == codec)
            return _encoder;
        _encoder?.Dispose();
        return _encoder = new MixEncoder(codec);
    }

    /// <summary>They were speaking in the last frame.</summary>
    public bool IsSpeaking => Volatile.Read(ref _spoke);

    /// <summary>Tells the endpoint's observer when its leg begins or ends to speak; false when neither.</summary>
    public bool TellSpeaking()
    {
        if (seat.IsSpeaking == _spoke)
            return false;
        Volatile.Write(ref _spoke, seat.IsSpeaking);
        endpoint.TellSpeaking(_spoke);
        return true;
    }

    public void Dispose() => _encoder?.Dispose();
}
