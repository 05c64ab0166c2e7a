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
    public static async Task HearsBothAsync(BaresipPhone phone, int one, int other)
    {
        var end = Environment.TickCount64 + 40_000;
        Tone heard;
        do
        {
            heard = await phone.ListenAsync(600, TimeSpan.FromSeconds(2));
            if (heard.Share(one) > 0.25 && heard.Share(other) > 0.25 && heard.Share(phone.ToneHertz) < 0.05)
            {
                return;
            }
        }
        while (Environment.TickCount64 < end);
        Assert.Fail($"{phone.Extension} should hear {one} Hz and {other} Hz but heard {heard}: {heard.Share(one):0.00} and {heard.Share(other):0.00}, its own {heard.Share(phone.ToneHertz):0.00}");
    }
}
