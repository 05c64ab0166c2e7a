namespace Webphone.System.Tests.Harness;

/// <summary>A real linphone, its console program, with a WAV file for a microphone and one for a speaker.</summary>
public sealed class LinphonePhone : IVoice, IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly Scratch _scratch;
    private readonly WavRecording _recording;

    private LinphonePhone(string extension, int toneHertz, ChildProcess process, Scratch scratch)
    {
        Extension = extension;
        ToneHertz = toneHertz;
        _process = process;
        _scratch = scratch;
        _recording = new WavRecording(scratch.Folder, "heard.wav");
    }

    public string Extension { get; }

    public int ToneHertz { get; }

    public string Log => _process.Output;

    public static async Task<LinphonePhone> RegisteredAsync(RunningSilo silo, string extension, int toneHertz)
    {
        var linphone = Needs.Program("linphonec", "linphone-cli");
        var scratch = new Scratch();
        WriteTone(scratch.At("say.wav"), toneHertz);
        var rtp = Ports.FreeRange(2);
        Directory.CreateDirectory(scratch.At(".local/share/linphone"));
        var config = scratch.Write("linphonerc", $"""
            [sip]
            sip_port={Ports.Free()}
            sip_tcp_port=-1
            sip_tls_port=-1
            use_ipv6=0
            register_only_when_network_is_up=0
            inc_timeout=60
            [rtp]
            audio_rtp_port={rtp}
            [net]
            mtu=1300
            [sound]
            echocancellation=0
            {Codecs()}
            """);
        var process = ChildProcess.Start(linphone, ["-c", config], new Dictionary<string, string> { ["HOME"] = scratch.Folder }, scratch.Folder);
        var phone = new LinphonePhone(extension, toneHertz, process, scratch);
        try
        {
            // Its last line before it takes commands; the prompt itself ends no line.
            await process.WaitForLineAsync("video is disabled");
            await process.WriteLineAsync("soundcard use files");
            await process.WriteLineAsync($"play {scratch.At("say.wav")}");
            await process.WriteLineAsync($"record {scratch.At("heard.wav")}");
            await process.WriteLineAsync($"register sip:{extension}@{RunningSilo.Domain} sip:{silo.Address}:{silo.SipPort} demo-{extension}");
            await phone.RegisteredAsync();
            return phone;
        }
        catch
        {
            await phone.DisposeAsync();
            throw;
        }
    }

    /// <summary>G.711 only: linphone writes the header of its recording at the end, and without it a recording is taken for 8 kHz.</summary>
    private static string Codecs()
    {
        (string Name, int Rate, int Channels, bool Enabled)[] codecs =
        [
            ("PCMU", 8000, 1, true), ("PCMA", 8000, 1, true), ("opus", 48000, 2, false), ("speex", 16000, 1, false), ("speex", 8000, 1, false),
            ("speex", 32000, 1, false), ("G722", 8000, 1, false), ("GSM", 8000, 1, false), ("BV16", 8000, 1, false), ("L16", 44100, 1, false), ("L16", 44100, 2, false),
        ];
        return string.Join('\n', codecs.Select((codec, i) =>
            $"[audio_codec_{i}]\nmime={codec.Name}\nrate={codec.Rate}\nchannels={codec.Channels}\nenabled={(codec.Enabled ? 1 : 0)}"));
    }

    /// <summary>Calls, and waits until the far side rings: that is its call of this number, counted from 1 over all that it ever had.</summary>
    public async Task DialAsync(string target, int call)
    {
        await _process.WriteLineAsync($"call {target}");
        await PrintsAsync($"Establishing call id to .*, assigned id {call}$");
        await PrintsAsync($"Call {call} to .* ringing");
    }

    public Task AnswerAsync() => _process.WriteLineAsync("answer");

    public Task HangUpAsync() => _process.WriteLineAsync("terminate");

    /// <summary>Holds the call that it talks in; it dials no other before that is done. Each of its calls can be held once.</summary>
    public async Task HoldAsync(int call)
    {
        await _process.WriteLineAsync("pause");
        await PrintsAsync($"Call {call} with .* is now paused");
    }

    public Task ResumeAsync(int call) => _process.WriteLineAsync($"resume {call}");

    public Task HangUpAsync(int call) => _process.WriteLineAsync($"terminate {call}");

    /// <summary>Sends the far side of a call to whoever it has asked in another.</summary>
    public Task TransferAsync(int call, int consultation) => _process.WriteLineAsync($"transfer {call} --to-call {consultation}");

    public Task<string> PrintsAsync(string pattern) => _process.WaitForLineAsync(pattern);

    public async Task<double[]> SharesAsync(params int[] hertz)
    {
        var heard = await _recording.NextAsync(TimeSpan.FromMilliseconds(600), TimeSpan.FromSeconds(2));
        return [.. hertz.Select(one => heard.Share(one))];
    }

    public async Task HearsAsync(int hertz, TimeSpan? limit = null)
    {
        var end = Environment.TickCount64 + (long)(limit ?? TimeSpan.FromSeconds(40)).TotalMilliseconds;
        Tone heard;
        do
        {
            heard = await _recording.NextAsync(TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(2));
            if (heard.Is(hertz))
            {
                return;
            }
        }
        while (Environment.TickCount64 < end);
        Assert.Fail($"linphone should hear {hertz} Hz but heard {heard}\n{Log}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await _process.WriteLineAsync("quit");
            await Task.WhenAny(_process.WaitForExitAsync(TimeSpan.FromSeconds(4)), Task.Delay(4000));
        }

        await _process.DisposeAsync();
        _scratch.Dispose();
    }

    private async Task RegisteredAsync()
    {
        // It does not announce its registration; it says so when it is asked.
        for (var attempt = 0; ; attempt++)
        {
            await _process.WriteLineAsync("status register");
            try
            {
                await _process.WaitForLineAsync("registered, identity", TimeSpan.FromMilliseconds(500));
                return;
            }
            catch (TimeoutException) when (attempt < 80)
            {
            }
        }
    }

    private static void WriteTone(string path, int hertz)
    {
        const int Rate = 8000;
        const int Seconds = 60;
        using var file = new BinaryWriter(File.Create(path));
        file.Write("RIFF"u8);
        file.Write(36 + Rate * Seconds * 2);
        file.Write("WAVEfmt "u8);
        file.Write(16);
        file.Write((short)1);
        file.Write((short)1);
        file.Write(Rate);
        file.Write(Rate * 2);
        file.Write((short)2);
        file.Write((short)16);
        file.Write("data"u8);
        file.Write(Rate * Seconds * 2);
        for (var i = 0; i < Rate * Seconds; i++)
        {
            file.Write((short)(10000 * Math.Sin(2 * Math.PI * hertz * i / Rate)));
        }
    }
}
