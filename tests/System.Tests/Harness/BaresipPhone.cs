using System.Globalization;

namespace Webphone.System.Tests.Harness;

/// <summary>How a phone is set up. Its tone is what it says into every call, in hertz.</summary>
public sealed record PhoneSetup
{
    public string Domain { get; init; } = "demo.example";
    public string Extension { get; init; } = "101";
    public string? Secret { get; init; }
    public string DisplayName { get; init; } = "";
    public string Transport { get; init; } = "udp";

    /// <summary>Address that the phone binds to.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Where it sends everything, for example <c>127.0.0.1:5060</c>; null for a phone that calls directly.</summary>
    public string? Server { get; init; }
    public int SipPort { get; init; }
    public int ToneHertz { get; init; } = 440;
    public int RegisterSeconds { get; init; } = 600;
    public string? Codecs { get; init; }

    /// <summary>srtp offers encryption, srtp-mand insists on it.</summary>
    public string? MediaEncryption { get; init; }
    public string AnswerMode { get; init; } = "manual";
    public string? NetworkNamespace { get; init; }
    public bool Trace { get; init; }
}

/// <summary>A real baresip that sends a tone and records what it hears.</summary>
public sealed class BaresipPhone : IVoice, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly PhoneSetup _setup;
    private readonly Scratch _scratch;
    private readonly ChildProcess _process;
    private readonly BaresipControl _control;
    private readonly WavRecording _recording;

    private BaresipPhone(PhoneSetup setup, Scratch scratch, ChildProcess process, BaresipControl control)
    {
        _setup = setup;
        _scratch = scratch;
        _process = process;
        _control = control;
        _recording = new WavRecording(scratch.Folder, "dump-*-dec.wav");
    }

    public string Extension => _setup.Extension;

    public int ToneHertz => _setup.ToneHertz;

    public string Log => _process.Output;

    /// <summary>Starts the program with its account, without waiting for the registration.</summary>
    public static async Task<BaresipPhone> StartAsync(PhoneSetup setup)
    {
        var baresip = Needs.Baresip();
        var scratch = new Scratch();
        var controlPort = Ports.Free();
        scratch.Write("config", Config(setup, scratch.Folder, controlPort));
        scratch.Write("accounts", "");
        // The recorder must not record what the phone sends: with a filter on its sending side baresip 1.0 does not put back the
        // one on its hearing side when a call is held. A folder in the place of each such file keeps it from being opened.
        var now = DateTime.UtcNow;
        for (var second = -2; second < 1200; second++)
        {
            Directory.CreateDirectory(scratch.At(string.Create(CultureInfo.InvariantCulture, $"dump-{now.AddSeconds(second):yyyy-MM-dd-HH-mm-ss}-enc.wav")));
        }

        string[] arguments = ["-f", scratch.Folder, "-v", .. setup.Trace ? ["-s"] : Array.Empty<string>()];
        var (program, all) = setup.NetworkNamespace is { } name
            ? (Needs.Program("ip", "iproute2"), ["netns", "exec", name, baresip, .. arguments])
            : (baresip, arguments);
        var process = ChildProcess.Start(program, all, new Dictionary<string, string> { ["TZ"] = "UTC", ["HOME"] = scratch.Folder });
        try
        {
            await process.WaitForLineAsync("baresip is ready");
            var control = setup.NetworkNamespace is { } there
                ? await NetworkNamespaces.InAsync(there, () => BaresipControl.ConnectAsync(setup.Address, controlPort))
                : await BaresipControl.ConnectAsync(setup.Address, controlPort);
            var phone = new BaresipPhone(setup, scratch, process, control);
            await control.CommandAsync("uanew", Account(setup));
            return phone;
        }
        catch
        {
            await process.DisposeAsync();
            scratch.Dispose();
            throw;
        }
    }

    /// <summary>Starts and waits until the server has accepted the registration.</summary>
    public static async Task<BaresipPhone> RegisteredAsync(PhoneSetup setup)
    {
        var phone = await StartAsync(setup);
        try
        {
            var result = await phone.NextAsync("REGISTER_OK", "REGISTER_FAIL");
            Assert.True(result.Type == "REGISTER_OK", $"{setup.Extension} could not register: {result.Parameter}\n{phone.Log}");
            return phone;
        }
        catch
        {
            await phone.DisposeAsync();
            throw;
        }
    }

    public Task<BaresipEvent> NextAsync(params string[] types) => _control.NextAsync(Patience, types);

    public Task<BaresipEvent> NextAsync(TimeSpan limit, params string[] types) => _control.NextAsync(limit, types);

    public bool HasUnread(string type) => _control.HasUnread(type);

    /// <summary>The first line of its log, already there or to come, that matches.</summary>
    public Task<string> PrintsAsync(string pattern) => _process.WaitForLineAsync(pattern);

    /// <summary>Dials and returns at once; what becomes of it comes as events.</summary>
    public Task DialAsync(string target)
    {
        return _control.DoAsync("dial", target.Contains('@', StringComparison.Ordinal) ? target : $"sip:{target}@{_setup.Domain}");
    }

    public Task AnswerAsync() => _control.CommandAsync("accept");

    public Task HangUpAsync() => _control.CommandAsync("hangup");

    public Task HoldAsync() => _control.CommandAsync("hold");

    public Task ResumeAsync() => _control.CommandAsync("resume");

    /// <summary>Sends the far side of its newest call to a number, without asking; returns at once.</summary>
    public Task TransferAsync(string number) => _control.CommandAsync("transfer", $"sip:{number}@{_setup.Domain}");

    public Task SendDigitAsync(char digit) => _control.CommandAsync("sndcode", digit.ToString());

    public Task<string> CommandAsync(string command, string parameters = "") => _control.CommandAsync(command, parameters);

    /// <summary>What the person at this phone hears during the next moments.</summary>
    public Task<Tone> ListenAsync(int milliseconds = 600, TimeSpan? limit = null)
    {
        return _recording.NextAsync(TimeSpan.FromMilliseconds(milliseconds), limit);
    }

    /// <summary>Listens until the other's tone is there, and fails with what it heard instead.</summary>
    public async Task HearsAsync(int hertz, TimeSpan? limit = null)
    {
        var end = Environment.TickCount64 + (long)(limit ?? TimeSpan.FromSeconds(40)).TotalMilliseconds;
        Tone heard;
        do
        {
            heard = await ListenAsync(400, TimeSpan.FromSeconds(2));
            if (heard.Is(hertz))
            {
                return;
            }
        }
        while (Environment.TickCount64 < end);
        Assert.Fail($"{Extension} should hear {hertz} Hz but heard {heard}\n{Log}");
    }

    public async Task<double[]> SharesAsync(params int[] hertz)
    {
        var heard = await ListenAsync(600, TimeSpan.FromSeconds(2));
        return [.. hertz.Select(one => heard.Share(one))];
    }

    /// <summary>Listens until the other's tone is gone: what was on its way is heard to its end.</summary>
    public async Task HearsNothingOfAsync(int hertz)
    {
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        Tone heard;
        do
        {
            heard = await ListenAsync(300, TimeSpan.FromSeconds(1));
        }
        while (heard.Is(hertz) && Environment.TickCount64 < end);
        Assert.False(heard.Is(hertz), $"{Extension} should not hear {hertz} Hz any more\n{Log}");
    }

    /// <summary>Ends it as a power cut would: no BYE, no de-registration.</summary>
    public void Kill() => _process.Signal(ChildProcess.Sigkill);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Signal(ChildProcess.Sigterm);
            try
            {
                await _process.WaitForExitAsync(TimeSpan.FromSeconds(3));
            }
            catch (TimeoutException)
            {
                // It waits for an answer to its de-registration that will not come; the kill below ends it.
            }
        }

        _control.Dispose();
        await _process.DisposeAsync();
        _scratch.Dispose();
    }

    private static string Account(PhoneSetup setup)
    {
        var host = setup.Server is null && setup.SipPort != 0 ? $"{setup.Address}:{setup.SipPort}" : setup.Domain;
        var name = setup.DisplayName.Length == 0 ? "" : $"\"{setup.DisplayName}\" ";
        var parameters = new List<string>
        {
            $"{name}<sip:{setup.Extension}@{host};transport={setup.Transport}>",
            $"auth_user={setup.Extension}",
            $"auth_pass={setup.Secret ?? $"demo-{setup.Extension}"}",
            $"answermode={setup.AnswerMode}",
            $"regint={(setup.Server is null ? 0 : setup.RegisterSeconds)}",
        };
        if (setup.Server is { } server)
        {
            parameters.Add($"outbound=\"sip:{server};transport={setup.Transport}\"");
        }

        if (setup.Codecs is { } codecs)
        {
            parameters.Add($"audio_codecs={codecs}");
        }

        if (setup.MediaEncryption is { } encryption)
        {
            parameters.Add($"mediaenc={encryption}");
        }

        return string.Join(';', parameters);
    }

    private static string Config(PhoneSetup setup, string folder, int controlPort)
    {
        return $"""
            poll_method epoll
            net_interface {setup.Address}
            sip_listen {setup.Address}:{setup.SipPort}
            call_local_timeout 120
            call_max_calls 8
            audio_player aubridge,ear
            audio_source ausine,{setup.ToneHertz}
            audio_alert aubridge,bell
            ausrc_srate 48000
            ausrc_channels 2
            audio_level no
            audio_buffer 20-160
            rtcp_mux no
            jitter_buffer_delay 1-10
            rtp_stats no
            rtp_ports {PhonePorts()}
            module_path /usr/lib/baresip/modules
            module g722.so
            module g711.so
            module opus.so
            module sndfile.so
            module ausine.so
            module aubridge.so
            module srtp.so
            module_tmp uuid.so
            module_tmp account.so
            module_app menu.so
            module_app ctrl_tcp.so
            ctrl_tcp_listen {setup.Address}:{controlPort}
            snd_path {folder}
            ringback_disabled yes
            menu_bell no
            statmode_default off

            """;
    }

    private static string PhonePorts()
    {
        var first = Ports.FreeRange(16);
        return string.Create(CultureInfo.InvariantCulture, $"{first}-{first + 15}");
    }
}
