using Webphone.Media.Playback;
using Webphone.Media.Tones;

namespace Webphone.Media.Tests.Tones;

public class TonePlanTests
{
    [Theory]
    [InlineData(ToneRegion.Europe, CallTone.Ringback, 425, 0, 1000, 4000)]
    [InlineData(ToneRegion.Europe, CallTone.Busy, 425, 0, 500, 500)]
    [InlineData(ToneRegion.UnitedStates, CallTone.Ringback, 440, 480, 2000, 4000)]
    [InlineData(ToneRegion.UnitedStates, CallTone.Congestion, 480, 620, 250, 250)]
    [InlineData(ToneRegion.UnitedKingdom, CallTone.Busy, 400, 0, 375, 375)]
    public void Tones_have_their_regions_frequencies_and_cadence(ToneRegion region, CallTone tone, int first, int second, int onMs, int offMs)
    {
        foreach (var rate in (int[])[8000, 16000, 48000])
        {
            var samples = new short[rate * (onMs + offMs) * 2 / 1000];
            Assert.True(TonePlan.Get(tone, region).Open(rate).Read(samples));
            // The second turn of the cadence, without the ramps.
            var on = samples.AsSpan(rate * (onMs + offMs + 25) / 1000, rate * 200 / 1000);
            Assert.InRange(Sine.Amplitude(on, first, rate), 3900, 4400);
            if (second != 0)
                Assert.InRange(Sine.Amplitude(on, second, rate), 3900, 4400);
            Assert.Equal(0, Sine.Power(samples.AsSpan(rate * (2 * onMs + offMs + 1) / 1000)));
        }
    }

    [Fact]
    public void A_beep_ends()
    {
        var beep = TonePlan.Get(CallTone.Beep, ToneRegion.Europe).Open(8000);
        var frames = 0;
        while (beep.Read(new short[160]))
            frames++;
        Assert.Equal(20, frames);
    }

    [Fact]
    public void Hold_music_is_modest_never_clips_and_loops_without_a_click()
    {
        var source = HoldMusic.Default.Open(8000);
        var samples = new short[8000 * 33];
        Assert.True(source.Read(samples));
        var level = 10 * Math.Log10(Sine.Power(samples) / (32768.0 * 32768 / 2));
        Assert.InRange(level, -40, -18);
        var step = 0;
        for (var i = 1; i < samples.Length; i++)
            step = Math.Max(step, Math.Abs(samples[i] - samples[i - 1]));
        Assert.True(step < 4500, step.ToString());
    }
}
