using System.Text.RegularExpressions;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>The instruments, tried without our program: two phones that call each other directly.</summary>
public sealed class HarnessTests
{
    [Fact]
    public void Tone_measures_frequency_and_level()
    {
        var samples = Sine.Make(440, 8000, 8000, amplitude: 16384);
        var tone = new Tone(samples, 8000);
        Assert.True(tone.Is(440), tone.ToString());
        Assert.False(tone.Is(800));
        Assert.InRange(tone.Level, 0.34, 0.37);
        Assert.True(new Tone(new short[8000], 8000).IsSilent);
    }

    [Fact]
    public async Task Two_phones_without_a_server_hear_each_others_tone_and_recording_survives_hold()
    {
        var port = Ports.FreeRange(2);
        await using var callee = await BaresipPhone.StartAsync(new PhoneSetup { Extension = "102", SipPort = port, ToneHertz = 800 });
        await using var caller = await BaresipPhone.StartAsync(new PhoneSetup { Extension = "101" });
        await caller.DialAsync($"sip:102@127.0.0.1:{port}");
        await callee.NextAsync("CALL_INCOMING");
        await callee.AnswerAsync();
        await caller.NextAsync("CALL_ESTABLISHED");
        await callee.NextAsync("CALL_ESTABLISHED");
        await caller.HearsAsync(800);
        await callee.HearsAsync(440);
        await caller.HoldAsync();
        await callee.NextAsync("CALL_REMOTE_SDP");
        await callee.HearsNothingOfAsync(440);
        await caller.ResumeAsync();
        await callee.NextAsync("CALL_REMOTE_SDP");
        await callee.HearsAsync(440);
        await caller.HearsAsync(800);
        await caller.SendDigitAsync('5');
        Assert.Equal("5", (await callee.NextAsync("CALL_DTMF_START")).Parameter);
        await caller.HangUpAsync();
        await callee.NextAsync("CALL_CLOSED");
    }

    [Fact]
    public async Task A_phone_behind_the_nat_reaches_one_outside_and_comes_from_the_routers_address()
    {
        Needs.Baresip();
        await using var network = await NetworkNamespaces.CreateAsync();
        var port = Ports.FreeRange(2);
        await using var outside = await BaresipPhone.StartAsync(new PhoneSetup { Extension = "102", Address = NetworkNamespaces.ServerAddress, NetworkNamespace = network.Server, SipPort = port, Trace = true });
        await using var inside = await BaresipPhone.StartAsync(
            new PhoneSetup { Extension = "101", Address = NetworkNamespaces.PhoneAddress, NetworkNamespace = network.Phone });
        await inside.DialAsync($"sip:102@{NetworkNamespaces.ServerAddress}:{port}");
        await outside.NextAsync("CALL_INCOMING");
        await inside.NextAsync("CALL_RINGING");
        await outside.PrintsAsync(Regex.Escape($"received={NetworkNamespaces.RouterAddress}"));
    }
}
