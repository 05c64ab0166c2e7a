using Webphone.Media.Codecs;
using Webphone.Media.Rtp;

namespace Webphone.Media.Mixing;

/// <summary>One participant's place in an <see cref="AudioMix"/>. <see cref="Put"/> may be called from any thread, all else by the mix's owner.</summary>
public sealed class MixSeat : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MixInput _input = new();
    private readonly SpeechGate _speech = new();
    private bool _gone;

    internal short[] Said { get; } = new short[MixFormat.FrameSamples];

    /// <summary>What they say does not enter the mix.</summary>
    public bool IsMuted { get; set; }

    /// <summary>They are in this frame of the mix.</summary>
    public bool Contributes { get; private set; }

    /// <summary>They are speaking now, and not muted.</summary>
    public bool IsSpeaking => _speech.IsOpen && !IsMuted;

    /// <summary>How loud they were in this frame: a root mean square, 0 to 32767.</summary>
    public double Level => IsMuted ? 0 : _speech.Level;

    /// <summary>A packet of theirs. One that they say is silent, or that nobody is to hear, costs next to nothing.</summary>
    /// <param name="codec">Its codec.</param>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="now">The time.</param>
    /// <param name="level">How loud it is, as <see cref="AudioLevelExtension"/> has it.</param>
    public void Put(AudioCodec codec, in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now, byte level = AudioLevelExtension.Unknown)
    {
        lock (_gate)
        {
            if (!_gone)
                _input.Put(codec, header, payload, now, IsMuted ? AudioLevelExtension.Silence : level);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_gone)
                return;
            _gone = true;
            _input.Dispose();
        }
    }

    /// <summary>Reads their next frame. A muted one is read too, so that what was said before does not come later.</summary>
    internal void Read()
    {
        bool read;
        lock (_gate)
            read = !_gone && _input.TryRead(Said);
        if (!read)
        {
            _speech.Rest();
            Contributes = false;
            return;
        }
        Contributes = _speech.Pass(Said) && !IsMuted;
    }
}
