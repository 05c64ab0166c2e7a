namespace Webphone.Media.Mixing;

/// <summary>
/// Lets a participant into the mix while they say something, so that ten rooms' noise does not add up, and says who speaks. It opens at
/// once, closes after <see cref="HangFrames"/> quiet frames, and fades rather than cuts. Not thread-safe.
/// </summary>
public sealed class SpeechGate
{
    /// <summary>Root mean square of a frame that opens it: -50 dB of full scale.</summary>
    private const double Opens = 104;

    /// <summary>Below this, -56 dB, a frame counts as quiet.</summary>
    private const double Closes = 52;

    /// <summary>400 ms: the pause between two words does not close it.</summary>
    public const int HangFrames = 20;

    private int _quiet = HangFrames;

    public bool IsOpen { get; private set; }

    /// <summary>The last frame's root mean square, 0 to 32767.</summary>
    public double Level { get; private set; }

    /// <summary>Judges the next frame and fades it where the gate moves; false when it adds nothing to the mix.</summary>
    public bool Pass(Span<short> frame)
    {
        Level = FrameMath.RootMeanSquare(frame);
        var was = IsOpen;
        _quiet = Level >= (was ? Closes : Opens) ? 0 : Math.Min(HangFrames, _quiet + 1);
        IsOpen = _quiet < HangFrames;
        if (IsOpen && !was)
            Fade(frame, rising: true);
        else if (was && !IsOpen)
            Fade(frame, rising: false);
        return IsOpen || was;
    }

    /// <summary>Nothing came.</summary>
    public void Rest()
    {
        Level = 0;
        _quiet = Math.Min(HangFrames, _quiet + 1);
        IsOpen &= _quiet < HangFrames;
    }

    private static void Fade(Span<short> frame, bool rising)
    {
        // An opening gate has missed the word's start already: 2 ms are enough against a click.
        var ramp = rising ? Math.Min(32, frame.Length) : frame.Length;
        for (var i = 0; i < ramp; i++)
            frame[i] = (short)(frame[i] * (rising ? i : ramp - i) / ramp);
    }
}
