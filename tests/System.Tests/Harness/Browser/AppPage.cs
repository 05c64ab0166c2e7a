using System.Globalization;
using System.Text.Json.Nodes;

namespace Webphone.System.Tests.Harness.Browser;

/// <summary>A tab with the browser app, signed in: used as a person does, with what it hears measured by frequency.</summary>
public sealed class AppPage : IVoice, IAsyncDisposable
{
    private const string Complete = "article[data-consults=true] [aria-keyshortcuts=T]";
    private const string Merge = "article[data-consults=true] [aria-keyshortcuts=C]";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>
    /// Runs before the app: keeps what every connection receives for measuring, leaves the microphone's tone as it is (echo and noise suppression take
    /// steady tones for noise), and offers one codec only where a test wants that.
    /// </summary>
    private const string Ears = """
        (() => {
          localStorage.setItem('webphone.audio', JSON.stringify({ echoCancellation: false, noiseSuppression: false, autoGain: false }));
          const Peer = RTCPeerConnection;
          let context, analyser;
          const Socket = WebSocket;
          window.hubs = [];
          window.WebSocket = class extends Socket {
            constructor(...given) {
              super(...given);
              window.hubs.push(this);
            }
          };
          window.peers = [];
          window.RTCPeerConnection = class extends Peer {
            constructor(...given) {
              super(...given);
              window.peers.push(this);
              this.addEventListener('track', (event) => {
                context ??= new AudioContext();
                if (!analyser) {
                  analyser = context.createAnalyser();
                  analyser.fftSize = 8192;
                  analyser.smoothingTimeConstant = 0;
                }
                context.createMediaStreamSource(new MediaStream([event.track])).connect(analyser);
              });
            }
            addTransceiver(...given) {
              const transceiver = super.addTransceiver(...given);
              if (window.onlyCodec) transceiver.setCodecPreferences(RTCRtpReceiver.getCapabilities('audio').codecs.filter((codec) => [window.onlyCodec, 'audio/telephone-event'].includes(codec.mimeType)));
              return transceiver;
            }
          };
          window.heard = () => {
            if (!analyser) return { hertz: 0, share: 0, level: -200 };
            const bins = new Float32Array(analyser.frequencyBinCount);
            analyser.getFloatFrequencyData(bins);
            const power = (bin) => (Number.isFinite(bins[bin]) ? 10 ** (bins[bin] / 10) : 0);
            let strongest = 1, total = 0, around = 0;
            for (let bin = 1; bin < bins.length; bin++) { total += power(bin); if (bins[bin] > bins[strongest]) strongest = bin; }
            for (let bin = Math.max(1, strongest - 4); bin <= strongest + 4; bin++) around += power(bin);
            return { hertz: (strongest * context.sampleRate) / analyser.fftSize, share: total > 0 ? around / total : 0, level: Number.isFinite(bins[strongest]) ? bins[strongest] : -200 };
          };
          window.shares = (tones) => {
            if (!analyser) return tones.map(() => 0);
            const bins = new Float32Array(analyser.frequencyBinCount);
            analyser.getFloatFrequencyData(bins);
            const power = (bin) => (Number.isFinite(bins[bin]) ? 10 ** (bins[bin] / 10) : 0);
            const total = bins.reduce((sum, _, bin) => sum + power(bin), 0);
            return tones.map((hertz) => {
              const middle = Math.round((hertz * analyser.fftSize) / context.sampleRate);
              let around = 0;
              for (let bin = middle - 4; bin <= middle + 4; bin++) around += power(bin);
              return total > 0 ? around / total : 0;
            });
          };
          window.sentFrom = async () => {
            const stats = [...(await window.peers.at(-1).getStats()).values()];
            const pair = stats.find((entry) => entry.type === 'candidate-pair' && entry.state === 'succeeded' && entry.nominated);
            return stats.find((entry) => entry.id === pair?.localCandidateId)?.candidateType ?? '';
          };
          window.sentCodec = async () => {
            const stats = [...(await window.peers.at(-1).getStats()).values()];
            const sent = stats.find((entry) => entry.type === 'outbound-rtp');
            return stats.find((entry) => entry.id === sent?.codecId)?.mimeType ?? '';
          };
        })();
        """;

    /// <summary>A microphone of the page's own, as loud as what the desk phones say.</summary>
    private const string Mouth = """
        navigator.mediaDevices.getUserMedia = async () => {
          const context = new AudioContext({ sampleRate: 48000 });
          const [tone, quieter, out] = [new OscillatorNode(context, { frequency: window.toneHertz }), new GainNode(context, { gain: 0.5 }), context.createMediaStreamDestination()];
          tone.connect(quieter).connect(out);
          tone.start();
          return out.stream;
        };
        """;

    private readonly BrowserPage _page;

    private AppPage(BrowserPage page, string extension, int toneHertz)
    {
        _page = page;
        Extension = extension;
        ToneHertz = toneHertz;
    }

    public BrowserPage Page => _page;

    public string Extension { get; }

    public int ToneHertz { get; }

    /// <summary>Opens the app in a tab of this browser and signs in; the phone is on when it returns.</summary>
    /// <param name="browser">Any.</param>
    /// <param name="silo">Serves the app.</param>
    /// <param name="extension">Who signs in.</param>
    /// <param name="onlyCodec">The one that it offers; null for all.</param>
    /// <param name="toneHertz">What this page's microphone says, where several users share one browser; null for what the browser's says.</param>
    public static async Task<AppPage> SignedInAsync(Chromium browser, RunningSilo silo, string extension, string? onlyCodec = null, int? toneHertz = null)
    {
        var app = await OpenAsync(browser, silo, extension, onlyCodec, toneHertz);
        await app._page.UntilAsync("document.activeElement?.name === 'username'", Patience);
        await app._page.TypeAsync($"{extension}@{RunningSilo.Domain}");
        await app._page.ClickAsync("input[name=password]");
        await app._page.TypeAsync($"demo-{extension}");
        await app._page.ClickAsync("button[type=submit]");
        await app.StatusAsync("ready");
        return app;
    }

    /// <summary>Opens the app in a tab of a browser that may be signed in already.</summary>
    public static async Task<AppPage> OpenAsync(Chromium browser, RunningSilo silo, string extension, string? onlyCodec = null, int? toneHertz = null)
    {
        var page = await browser.OpenAsync("about:blank", apart: toneHertz is not null);
        page.Beside = () => silo.Output;
        var script = onlyCodec is null ? Ears : $"window.onlyCodec = '{onlyCodec}';\n{Ears}";
        if (toneHertz is { } hertz)
            script = string.Create(CultureInfo.InvariantCulture, $"window.toneHertz = {hertz};\n{Mouth}\n{script}");
        await page.CommandAsync("Page.addScriptToEvaluateOnNewDocument", new JsonObject { ["source"] = script });
        var host = silo.Address.Contains(':', StringComparison.Ordinal) ? $"[{silo.Address}]" : silo.Address;
        await page.GoAsync($"http://{host}:{silo.WebPort}/");
        var served = (await page.EvaluateAsync("document.getElementById('app') !== null"))!.GetValue<bool>();
        Assert.SkipUnless(served, "the browser app is not built: npm ci && npm run build in WebFrontend/ClientApp");
        await LoadedAsync(page);
        return new AppPage(page, extension, toneHertz ?? browser.ToneHertz);
    }

    /// <summary>Waits for the word in the status line.</summary>
    public Task StatusAsync(string word, TimeSpan? limit = null) => _page.UntilAsync($"document.querySelector('[data-status=\"{word}\"]')", limit ?? Patience);

    /// <summary>How many connections to the hub there were.</summary>
    public async Task<int> ConnectionsAsync() => (await _page.EvaluateAsync("hubs.length"))!.GetValue<int>();

    /// <summary>Waits for an open connection to the hub after the first so many; being without one may be too short to be seen.</summary>
    public Task ConnectedAgainAsync(int before) => _page.UntilAsync($"hubs.length > {before} && hubs.at(-1).readyState === WebSocket.OPEN", Patience);

    /// <summary>Waits for a card of a call in this state.</summary>
    public Task CardAsync(string state, TimeSpan? limit = null) => _page.UntilAsync($"document.querySelector('article[data-state=\"{state}\"]')", limit ?? Patience);

    /// <summary>Waits until no call is shown.</summary>
    public Task NoCallAsync() => _page.UntilAsync("!document.querySelector('article:not([data-state=ended]), [role=alertdialog]')", Patience);

    /// <summary>Waits for the overlay of a call that comes in.</summary>
    public Task RingsAsync() => _page.UntilAsync("document.querySelector('[role=alertdialog]')", Patience);

    /// <summary>
    /// Types a number with the keyboard and presses Enter; the card of the call is there when it returns. A page whose way to the server has just changed connects anew and leaves the number
    /// where it is until then: whoever sees that presses Enter again.
    /// </summary>
    public async Task DialAsync(string number)
    {
        const string Legs = "[...document.querySelectorAll('article')].map((card) => card.dataset.leg)";
        const string Field = "document.getElementById('dial-field')";
        var before = (await _page.EvaluateAsync(Legs))!.ToJsonString();
        var called = $"{Legs}.some((leg) => !{before}.includes(leg))";
        var waits = $"{Field}?.value === '{number}' && !{Field}.form.querySelector('[type=submit]').disabled";
        await PressAsync([.. number.Select(digit => $"{digit}")]);
        do
        {
            await PressAsync("Enter");
            await _page.UntilAsync($"{called} || {waits}", Patience);
        }
        while (!await _page.BecomesAsync(called, TimeSpan.Zero));
    }

    /// <summary>Presses keys, wherever the focus is.</summary>
    public async Task PressAsync(params string[] keys)
    {
        foreach (var key in keys)
        {
            var text = key.Length == 1 ? key : key == "Enter" ? "\r" : null;
            foreach (var type in (string[])["keyDown", "keyUp"])
            {
                var command = new JsonObject { ["type"] = type, ["key"] = key, ["windowsVirtualKeyCode"] = CodeOf(key) };
                if (text is not null && type == "keyDown")
                    command["text"] = text;
                await _page.CommandAsync("Input.dispatchKeyEvent", command);
            }
        }
    }

    /// <summary>Answers what rings with the button.</summary>
    public Task AnswerAsync() => _page.ClickAsync("[role=alertdialog] [aria-keyshortcuts=Enter]");

    /// <summary>Sends the far side of the call to a number with the keyboard alone: at once.</summary>
    public async Task TransferAsync(string number)
    {
        await PickTargetAsync(number);
        await PressAsync("Enter");
        await PickedAsync();
    }

    /// <summary>Asks somebody for the far side of the call; the card of the second call is there when it returns.</summary>
    public async Task ConsultAsync(string number)
    {
        await PickTargetAsync(number);
        await _page.ClickAsync("[role=dialog] [aria-keyshortcuts='Shift+Enter']");
        await PickedAsync();
        await _page.UntilAsync("document.querySelector('article[data-consults=true]')", Patience);
    }

    /// <summary>Calls somebody into the call, which becomes a conference by that.</summary>
    public async Task AddCallAsync(string number)
    {
        await ChooseAsync("add");
        await FindTargetAsync(number);
        await PressAsync("Enter");
        await PickedAsync();
    }

    /// <summary>Goes on with the one other device that the menu of the call has.</summary>
    public Task SwitchAsync() => ChooseAsync("switch");

    /// <summary>Sets after how long a call that is held rings.</summary>
    public async Task RemindOfHoldAfterAsync(TimeSpan time) => Assert.True((await _page.EvaluateAsync(
        $"fetch('/api/me/calls', {{ method: 'PUT', headers: {{ 'X-Webphone': '1', 'Content-Type': 'application/json' }}, body: JSON.stringify({{ holdRecallSeconds: {time.TotalSeconds:0}, autoAnswer: [] }}) }}).then((answer) => answer.ok)"))!.GetValue<bool>());

    /// <summary>Completes the transfer, which the call that asks must be ready for.</summary>
    public async Task CompleteAsync()
    {
        await _page.UntilAsync($"document.querySelector('{Complete}:enabled')", Patience);
        await _page.ClickAsync(Complete);
    }

    /// <summary>Makes a conference of the call and the one that asks for it, or brings who is asked into the conference.</summary>
    public async Task MergeAsync()
    {
        await _page.UntilAsync($"document.querySelector('{Merge}:enabled')", Patience);
        await _page.ClickAsync(Merge);
        await _page.UntilAsync("document.querySelectorAll('article:not([data-state=ended])').length === 1", Patience);
    }

    /// <summary>The number of the conference that it is in, once the card shows it.</summary>
    public async Task<string> RoomAsync()
    {
        await SaysAsync("Room 999");
        return (string)(await _page.EvaluateAsync("document.querySelector('article:not([data-state=ended])').innerText.match(/Room (999\\d\\d)/)[1]"))!;
    }

    /// <summary>Shows a tab of the side panel, for which the window is made wide enough.</summary>
    public async Task PanelAsync(PanelTab tab)
    {
        await _page.ShowAsAsync(1280, 900, dark: false);
        await _page.ClickAsync($"aside [role=tablist] > :nth-child({(int)tab})");
    }

    /// <summary>Waits until the one call that is left is talked in.</summary>
    public Task TalksAgainAsync() => _page.UntilAsync(
        "document.querySelectorAll('article:not([data-state=ended])').length === 1 && document.querySelector('article[data-state=connected][data-held=false]')", Patience);

    /// <summary>Waits until somewhere on the page this is to be read.</summary>
    public Task SaysAsync(string text) => _page.UntilAsync($"document.body.innerText.includes({JsonValue.Create(text).ToJsonString()})", Patience);

    /// <summary>Waits until it hears mostly this tone.</summary>
    public async Task HearsAsync(int hertz, TimeSpan? limit = null)
    {
        await UntilHeardAsync($"this tone: {hertz} Hz", limit, heard =>
            Math.Abs(heard.Hertz - hertz) < 12 && heard.Share > 0.6 && heard.Level > -60);
    }

    /// <summary>Waits until something is heard that is not this tone.</summary>
    public Task HearsOtherThanAsync(int hertz) =>
        UntilHeardAsync($"something other than {hertz} Hz", null, heard => Math.Abs(heard.Hertz - hertz) > 20 && heard.Level > -70);

    /// <summary>How much of what it hears lies at each of these frequencies.</summary>
    public async Task<double[]> SharesAsync(params int[] hertz) =>
        [.. (await _page.EvaluateAsync($"shares([{string.Join(',', hertz)}])"))!.AsArray().Select(share => share!.GetValue<double>())];

    /// <summary>What it sends its sound as.</summary>
    public async Task<string> CodecAsync() => (string)(await _page.EvaluateAsync("sentCodec()"))!;

    /// <summary>The kind of candidate that it sends its sound from: host, srflx, prflx or relay.</summary>
    public async Task<string> CandidateAsync() => (string)(await _page.EvaluateAsync("sentFrom()"))!;

    /// <summary>Signs out, which takes the browser from the user's devices at once.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _page.EvaluateAsync("fetch('/api/session', { method: 'DELETE', headers: { 'X-Webphone': '1' }, signal: AbortSignal.timeout(5000) }).then(() => true, () => true)");
            await _page.DisposeAsync();
        }
        catch (InvalidOperationException)
        {
            // The browser has gone first.
        }
    }

    private async Task ChooseAsync(string act)
    {
        await _page.ClickAsync("article:not([data-state=ended]) [aria-haspopup=menu]");
        await _page.UntilAsync($"document.querySelector('[role=menuitem][data-act={act}]')", Patience);
        await _page.ClickAsync($"[role=menuitem][data-act={act}]");
    }

    private async Task PickTargetAsync(string number)
    {
        await PressAsync("t");
        await FindTargetAsync(number);
    }

    private async Task FindTargetAsync(string number)
    {
        await _page.UntilAsync("document.activeElement?.matches('[role=dialog] [role=combobox]')", Patience);
        await _page.TypeAsync(number);
        await _page.UntilAsync($"document.querySelector('[role=option][aria-selected=true]')?.innerText.includes('{number}')", Patience);
    }

    /// <summary>The page loads again by itself; where the network changed while even the script that does so was fetched, a person does.</summary>
    private static async Task LoadedAsync(BrowserPage page)
    {
        const string Starting = "document.querySelector('#app > .starting')";
        for (var attempt = 1; attempt <= 10; attempt++)
        {
            await page.UntilAsync($"!{Starting} || (document.readyState === 'complete' && !('guarded' in document.documentElement.dataset))", Patience);
            // Without its guard the app may be on its way all the same.
            if (await page.BecomesAsync($"!{Starting}", TimeSpan.FromSeconds(5)))
                return;
            await page.ReloadAsync();
        }
        await page.UntilAsync($"!{Starting}", Patience);
    }

    /// <summary>A dialog that is still closing takes the keys that are meant for the call.</summary>
    private Task PickedAsync() => _page.UntilAsync("!document.querySelector('[role=dialog]')", Patience);

    private async Task UntilHeardAsync(string what, TimeSpan? limit, Func<(double Hertz, double Share, double Level), bool> enough)
    {
        var end = Environment.TickCount64 + (long)(limit ?? Patience).TotalMilliseconds;
        while (true)
        {
            var heard = (await _page.EvaluateAsync("heard()"))!;
            if (enough((heard["hertz"]!.GetValue<double>(), heard["share"]!.GetValue<double>(), heard["level"]!.GetValue<double>())))
                return;
            Assert.True(Environment.TickCount64 < end, $"{Extension} does not hear {what} but {heard.ToJsonString()}\n{_page.Console}");
            await Task.Delay(50);
        }
    }

    private static int CodeOf(string key) => key switch
    {
        "Enter" => 13,
        "Escape" => 27,
        "Backspace" => 8,
        _ => char.ToUpperInvariant(key[0]),
    };
}
