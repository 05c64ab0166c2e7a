namespace Webphone.Media.Playback;

/// <summary>
/// The hold music of a tenant that brings none: a slow arpeggio over four soft chords, computed once. It is made here from
/// nothing but sines, so nobody's licence is on it.
/// </summary>
public static class HoldMusic
{
    private const int Rate = 16000;
    private const double SecondsPerNote = 0.4;
    private const int NotesPerChord = 10;
    private const double PeakLevel = 0.16;

    private static readonly Lazy<PcmClip> Shared = new(() => new PcmClip(Compose(), Rate, repeat: true));

    /// <summary>The loop, sixteen seconds at about -24 dBm0.</summary>
    public static IAudioClip Default => Shared.Value;

    private static short[] Compose()
    {
        // C major 7, A minor 7, F major 7, G 6 as semitones above C3, lowest first.
        ReadOnlySpan<int> chords = [0, 7, 11, 16, -3, 4, 12, 16, 5, 9, 12, 16, -5, 7, 11, 16];
        ReadOnlySpan<int> order = [0, 1, 2, 3, 2, 1, 3, 2, 1, 2];
        var noteLength = (int)(SecondsPerNote * Rate);
        var mix = new double[noteLength * NotesPerChord * 4];
        for (var chord = 0; chord < 4; chord++)
        {
            var start = chord * NotesPerChord * noteLength;
            for (var voice = 0; voice < 4; voice++)
                AddPad(mix, start, NotesPerChord * noteLength, Frequency(chords[chord * 4 + voice]));
            for (var note = 0; note < NotesPerChord; note++)
                AddPluck(mix, start + note * noteLength, Frequency(chords[chord * 4 + order[note]] + 12));
        }
        var peak = mix.Max(Math.Abs);
        return Array.ConvertAll(mix, value => (short)(value / peak * PeakLevel * short.MaxValue));
    }

    private static double Frequency(int semitones) => 130.8128 * Math.Pow(2, semitones / 12.0);

    private static void AddPad(double[] mix, int start, int length, double frequency)
    {
        var fade = Rate;
        for (var i = 0; i < length + fade; i++)
        {
            var envelope = Math.Min(1, Math.Min(i, length + fade - i) / (double)fade);
            mix[(start + i) % mix.Length] += 0.35 * envelope * Math.Sin(2 * Math.PI * frequency * i / Rate);
        }
    }

    private static void AddPluck(double[] mix, int start, double frequency)
    {
        var length = 2 * Rate;
        for (var i = 0; i < length; i++)
        {
            var time = (double)i / Rate;
            var envelope = Math.Min(1, time / 0.015) * Math.Exp(-2.2 * time) * (1 - (double)i / length);
            var tone = Math.Sin(2 * Math.PI * frequency * time) + 0.25 * Math.Sin(4 * Math.PI * frequency * time);
            mix[(start + i) % mix.Length] += envelope * tone;
        }
    }
}
