using Webphone.Media.Playback;

namespace Webphone.Media.Tones;

/// <summary>The call-progress tones of each region.</summary>
public static class TonePlan
{
    private static readonly ToneClip ConfirmOn = Once((600, 120), (0, 60), (900, 120), (0, 200));
    private static readonly ToneClip ConfirmOff = Once((900, 120), (0, 60), (600, 120), (0, 200));
    private static readonly ToneClip Beep = Once((1000, 250), (0, 150));
    private static readonly ToneClip Entry = Once((700, 100), (1050, 150), (0, 50));
    private static readonly ToneClip Exit = Once((1050, 100), (700, 150), (0, 50));
    private static readonly ToneClip Error = Once((400, 180), (0, 120), (400, 180), (0, 120), (400, 180), (0, 200));

    private static readonly ToneClip Recording = Once((523, 150), (0, 50), (659, 150), (0, 50), (784, 150), (0, 100), (1400, 400), (0, 100));

    private static readonly ToneClip EuropeDial = Endless(425, 0);
    private static readonly ToneClip EuropeRingback = Repeated(425, 0, 1000, 4000);
    private static readonly ToneClip EuropeBusy = Repeated(425, 0, 500, 500);
    private static readonly ToneClip EuropeCongestion = Repeated(425, 0, 250, 250);

    private static readonly ToneClip AmericaDial = Endless(350, 440);
    private static readonly ToneClip AmericaRingback = Repeated(440, 480, 2000, 4000);
    private static readonly ToneClip AmericaBusy = Repeated(480, 620, 500, 500);
    private static readonly ToneClip AmericaCongestion = Repeated(480, 620, 250, 250);

    private static readonly ToneClip KingdomDial = Endless(350, 440);
    private static readonly ToneClip KingdomRingback = Repeated(400, 450, 400, 200, 400, 2000);
    private static readonly ToneClip KingdomBusy = Repeated(400, 0, 375, 375);
    private static readonly ToneClip KingdomCongestion = Repeated(400, 0, 400, 350, 225, 525);

    public static IAudioClip Get(CallTone tone, ToneRegion region) => (tone, region) switch
    {
        (CallTone.ConfirmOn, _) => ConfirmOn,
        (CallTone.ConfirmOff, _) => ConfirmOff,
        (CallTone.Beep, _) => Beep,
        (CallTone.Entry, _) => Entry,
        (CallTone.Exit, _) => Exit,
        (CallTone.Error, _) => Error,
        (CallTone.Recording, _) => Recording,
        (CallTone.Dial, ToneRegion.UnitedStates) => AmericaDial,
        (CallTone.Ringback, ToneRegion.UnitedStates) => AmericaRingback,
        (CallTone.Busy, ToneRegion.UnitedStates) => AmericaBusy,
        (CallTone.Congestion, ToneRegion.UnitedStates) => AmericaCongestion,
        (CallTone.Dial, ToneRegion.UnitedKingdom) => KingdomDial,
        (CallTone.Ringback, ToneRegion.UnitedKingdom) => KingdomRingback,
        (CallTone.Busy, ToneRegion.UnitedKingdom) => KingdomBusy,
        (CallTone.Congestion, ToneRegion.UnitedKingdom) => KingdomCongestion,
        (CallTone.Dial, _) => EuropeDial,
        (CallTone.Ringback, _) => EuropeRingback,
        (CallTone.Busy, _) => EuropeBusy,
        _ => EuropeCongestion,
    };

    /// <summary>So many short beeps, and a pause that sets them apart from what follows.</summary>
    public static IAudioClip Count(int beeps)
    {
        var steps = new ToneStep[beeps * 2];
        for (var i = 0; i < beeps; i++)
            (steps[i * 2], steps[i * 2 + 1]) = (new ToneStep(800, 0, Ms(110)), new ToneStep(0, 0, Ms(i == beeps - 1 ? 700 : 130)));
        return new ToneClip(steps, repeat: false);
    }

    private static ToneClip Endless(int first, int second) => new([new ToneStep(first, second, TimeSpan.Zero)], repeat: true);

    private static ToneClip Repeated(int first, int second, params ReadOnlySpan<int> onAndOffMs)
    {
        var steps = new ToneStep[onAndOffMs.Length];
        for (var i = 0; i < steps.Length; i++)
            steps[i] = i % 2 == 0 ? new ToneStep(first, second, Ms(onAndOffMs[i])) : new ToneStep(0, 0, Ms(onAndOffMs[i]));
        return new ToneClip(steps, repeat: true);
    }

    private static ToneClip Once(params (int Hz, int Ms)[] beeps) =>
        new(Array.ConvertAll(beeps, beep => new ToneStep(beep.Hz, 0, Ms(beep.Ms))), repeat: false);

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);
}
