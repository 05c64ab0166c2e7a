using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests.Harness;

/// <summary>What two phones do in most tests.</summary>
public static class Conversation
{
    /// <summary>The caller dials, the callee answers, and each hears the other's tone.</summary>
    public static async Task BeginAsync(BaresipPhone caller, BaresipPhone callee)
    {
        await caller.DialAsync(callee.Extension);
        await callee.NextAsync("CALL_INCOMING");
        await callee.AnswerAsync();
        var result = await caller.NextAsync("CALL_ESTABLISHED", "CALL_CLOSED");
        Assert.True(result.Type == "CALL_ESTABLISHED", $"the call ended: {result.Parameter}\n{caller.Log}");
        await callee.NextAsync("CALL_ESTABLISHED");
        await caller.HearsAsync(callee.ToneHertz);
        await callee.HearsAsync(caller.ToneHertz);
    }

    /// <summary>A desk phone calls the app, which answers, and each hears the other's tone.</summary>
    public static async Task BeginAsync(BaresipPhone caller, AppPage callee)
    {
        await caller.DialAsync(callee.Extension);
        await callee.RingsAsync();
        await callee.AnswerAsync();
        await caller.NextAsync("CALL_ESTABLISHED");
        await TalkAsync(caller, callee);
    }

    /// <summary>The app calls a desk phone, which answers, and each hears the other's tone.</summary>
    public static async Task BeginAsync(AppPage caller, BaresipPhone callee)
    {
        await caller.DialAsync(callee.Extension);
        await callee.NextAsync("CALL_INCOMING");
        await callee.AnswerAsync();
        await caller.CardAsync("connected");
        await TalkAsync(caller, callee);
    }

    /// <summary>A call in which the caller holds (the callee hears music, not the caller) and takes it back.</summary>
    public static async Task HoldAndResumeAsync(BaresipPhone caller, BaresipPhone callee)
    {
        await BeginAsync(caller, callee);
        await caller.HoldAsync();
        await HearsMusicAsync(callee, caller.ToneHertz);
        await caller.ResumeAsync();
        await callee.HearsAsync(caller.ToneHertz);
        await caller.HearsAsync(callee.ToneHertz);
    }

    /// <summary>Something is to be heard, and it is not the other side.</summary>
    public static async Task HearsMusicAsync(BaresipPhone phone, int notHertz)
    {
        var end = Environment.TickCount64 + 40_000;
        Tone heard;
        do
        {
            heard = await phone.ListenAsync(600, TimeSpan.FromSeconds(2));
            if (heard.Duration.TotalMilliseconds > 500 && !heard.IsSilent && heard.Share(notHertz) < 0.2)
            {
                return;
            }
        }
        while (Environment.TickCount64 < end);
        Assert.Fail($"{phone.Extension} should hear music but heard {heard}");
    }

    /// <summary>Both tones are to be heard, and not the phone's own.</summary>
    public static Task HearsBothAsync(IVoice voice, int one, int other) => HearsAllAsync(voice, [one, other], 0.25, 0.05);

    /// <summary>Two who talk to each other, and to nobody else.</summary>
    public static async Task TalkAsync(IVoice one, IVoice other)
    {
        await one.HearsAsync(other.ToneHertz);
        await other.HearsAsync(one.ToneHertz);
    }

    /// <summary>Each hears all the others at once, and not themselves.</summary>
    public static async Task ConferAsync(params IVoice[] all)
    {
        foreach (var one in all)
        {
            // Voices are not equally loud, and the more there are the more that tells.
            var least = 0.2 / (all.Length - 1);
            await HearsAllAsync(one, [.. all.Where(other => other != one).Select(other => other.ToneHertz)], least, least / 2);
        }
    }

    private static async Task HearsAllAsync(IVoice voice, int[] tones, double least, double most)
    {
        var end = Environment.TickCount64 + 40_000;
        while (true)
        {
            var shares = await voice.SharesAsync([.. tones, voice.ToneHertz]);
            if (shares[..^1].All(share => share > least) && shares[^1] < most)
            {
                return;
            }

            Assert.True(
                Environment.TickCount64 < end,
                $"{voice.Extension} should hear {string.Join(", ", tones.Zip(shares, (hertz, share) => $"{hertz} Hz ({share:0.00})"))} and not its own {voice.ToneHertz} Hz ({shares[^1]:0.00})");
            await Task.Delay(50);
        }
    }
}
