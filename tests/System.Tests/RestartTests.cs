using System.Globalization;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>Shows 5, and the ends and beginnings of the program.</summary>
[Trait("Shows", "5")]
public sealed class RestartTests
{
    [Trait("Feature", "N10")]
    [Fact]
    public async Task After_a_power_cut_phones_are_callable_before_they_register_again_and_the_call_is_closed_as_interrupted()
    {
        await using var silo = await RunningSilo.StartAsync();
        using var third = await SipPeer.RegisteredAsync(silo, "103");
        await using (var caller = await BaresipPhone.RegisteredAsync(silo.Phone("101")))
        await using (var callee = await BaresipPhone.RegisteredAsync(silo.Phone("102", 800)))
        {
            var before = DateTimeOffset.UtcNow;
            await Conversation.BeginAsync(caller, callee);
            var answered = DateTimeOffset.UtcNow;
            await silo.KillAsync();
            await silo.LaunchAsync();

            foreach (var extension in new[] { "101", "102" })
            {
                var entry = await History.NewestAsync(silo, extension);
                Assert.Equal("Interrupted", (string?)entry["end"], ignoreCase: true);
                var started = DateTimeOffset.Parse((string)entry["startedAt"]!, CultureInfo.InvariantCulture);
                Assert.InRange(started, before.AddSeconds(-1), answered.AddSeconds(1));
            }

            await caller.HangUpAsync();
            await callee.HangUpAsync();
            using var audio = new RtpPeer();
            // The test's own phone has not registered since; it calls, and is called.
            var call = await third.InviteAsync("102", audio.Sdp());
            await callee.NextAsync("CALL_INCOMING");
            await callee.AnswerAsync();
            await call.ExpectAsync(200);
            audio.Say(1200, call.RemoteMedia);
            await callee.HearsAsync(1200);
            await call.HangUpAsync();
            await callee.NextAsync("CALL_CLOSED");

            await caller.DialAsync("103");
            var incoming = await PeerCall.IncomingAsync(third);
            await incoming.RejectAsync(486, "Busy Here");
            await caller.NextAsync("CALL_CLOSED");
        }
    }

    [Fact]
    public async Task After_a_power_cut_in_mid_ringing_nothing_rings()
    {
        await using var silo = await RunningSilo.StartAsync();
        using var caller = await SipPeer.RegisteredAsync(silo, "101");
        using var callee = await SipPeer.RegisteredAsync(silo, "102");
        using var audio = new RtpPeer();
        var ringing = PeerCall.IncomingAsync(callee);
        await caller.InviteAsync("102", audio.Sdp());
        var before = (await ringing).CallId;
        await silo.KillAsync();
        await silo.LaunchAsync();
        Assert.Equal("Interrupted", (string?)(await History.NewestAsync(silo, "102"))["end"], ignoreCase: true);
        Assert.Null(await callee.Wire.TryReceiveAsync(m => m.IsRequest && m.Method == "INVITE" && m.CallId != before, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task A_clean_shutdown_says_bye_to_both_sides_and_writes_it_down()
    {
        await using var silo = await RunningSilo.StartAsync();
        await using var caller = await BaresipPhone.RegisteredAsync(silo.Phone("101"));
        await using var callee = await BaresipPhone.RegisteredAsync(silo.Phone("102", 800));
        await Conversation.BeginAsync(caller, callee);
        var code = await silo.StopAsync();
        Assert.Equal(0, code);
        await caller.NextAsync("CALL_CLOSED");
        await callee.NextAsync("CALL_CLOSED");
        await silo.LaunchAsync();
        Assert.Equal("ServerStopped", (string?)(await History.NewestAsync(silo, "101"))["end"], ignoreCase: true);
    }

    [Theory]
    [InlineData("--sip-port")]
    [InlineData("--sips-port")]
    [InlineData("--web-port")]
    [InlineData("--webrtc-port")]
    public async Task A_second_start_on_a_busy_port_says_which(string option)
    {
        await using var silo = await RunningSilo.StartAsync();
        using var scratch = new Scratch();
        var busy = option switch { "--sip-port" => silo.SipPort, "--sips-port" => silo.SipsPort, "--web-port" => silo.WebPort, _ => silo.WebRtcPort };
        var ports = new Dictionary<string, int> { ["--sip-port"] = Ports.Free(), ["--sips-port"] = Ports.Free(), ["--web-port"] = Ports.Free(), ["--webrtc-port"] = Ports.Free(), [option] = busy };
        var (code, output) = await RunningSilo.RefusedAsync([.. ports.SelectMany(p => new[] { p.Key, $"{p.Value}" }), "--data", scratch.At("data")]);
        Assert.NotEqual(0, code);
        Assert.Contains($"{busy}", output, StringComparison.Ordinal);
        Assert.Contains(option.TrimStart('-'), output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_tenant_is_not_served_to_the_world()
    {
        using var scratch = new Scratch();
        var (code, output) = await RunningSilo.RefusedAsync(
            "--bind", "0.0.0.0", "--sip-port", $"{Ports.Free()}", "--sips-port", $"{Ports.Free()}", "--web-port", $"{Ports.Free()}", "--data", scratch.At("data"));
        Assert.NotEqual(0, code);
        Assert.Contains("provision", output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Trace_sip_prints_the_wire_without_secrets()
    {
        await using var silo = await RunningSilo.StartAsync("--trace-sip");
        using var phone = await SipPeer.RegisteredAsync(silo, "101");
        await silo.Process.WaitForLineAsync("REGISTER sip:demo.example SIP/2.0");
        await silo.Process.WaitForLineAsync("SIP/2.0 200");
        Assert.DoesNotMatch("response=\"[0-9a-f]{32}", silo.Output);
    }

    [Fact]
    public async Task Web_answers_health_metrics_and_a_status_page()
    {
        await using var silo = await RunningSilo.StartAsync();
        using var phone = await SipPeer.RegisteredAsync(silo, "101");
        Assert.Matches("(?m)^# TYPE \\S+ (counter|gauge|histogram)", await silo.MetricsAsync());
        using var http = new HttpClient();
        var page = await http.GetStringAsync(silo.Web("/status"));
        Assert.Contains("<html", page, StringComparison.OrdinalIgnoreCase);
        var user = (await silo.StatusAsync())["users"]!.AsArray().Single(u => (string?)u!["extension"] == "101")!;
        Assert.Single(user["devices"]!.AsArray());
    }
}
