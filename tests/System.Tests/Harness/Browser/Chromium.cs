using System.Net.WebSockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Webphone.System.Tests.Harness.Browser;

/// <summary>
/// A headless Chromium with a profile of its own and a microphone that says a tone, driven by its DevTools protocol. Pages are shared by all tests of a
/// browser; each page that a test opens is its own.
/// </summary>
public sealed class Chromium : IAsyncDisposable
{
    private readonly Scratch _scratch;
    private readonly ChildProcess _process;
    private readonly DevTools _tools;

    private Chromium(int toneHertz, Scratch scratch, ChildProcess process, DevTools tools)
    {
        ToneHertz = toneHertz;
        _scratch = scratch;
        _process = process;
        _tools = tools;
    }

    /// <summary>What its microphone says.</summary>
    public int ToneHertz { get; }

    /// <summary>What the browser itself printed.</summary>
    public string Output => _process.Output;

    /// <param name="toneHertz">What its microphone says.</param>
    /// <param name="more">Further command-line flags, or the switches of a test.</param>
    public static Task<Chromium> StartAsync(int toneHertz = 1000, params string[] more) => StartAsync(null, toneHertz, more);

    /// <summary>Starts in the browser's namespace of a network, where pages of this server may use the microphone as if they came by https.</summary>
    public static Task<Chromium> StartAsync(BrowserNetwork network, RunningSilo silo, int toneHertz = 1000) =>
        StartAsync(network.Browser, toneHertz, [$"--unsafely-treat-insecure-origin-as-secure={silo.Web("").GetLeftPart(UriPartial.Authority)}"]);

    private static async Task<Chromium> StartAsync(string? networkNamespace, int toneHertz, string[] more)
    {
        var program = Needs.Find("chromium") ?? Needs.Program("chromium-browser", "chromium");
        var scratch = new Scratch();
        var tone = scratch.At("microphone.wav");
        await File.WriteAllBytesAsync(tone, ToneFile.Make(toneHertz, TimeSpan.FromSeconds(10)));
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-dev-shm-usage", "--mute-audio", "--autoplay-policy=no-user-gesture-required", "--remote-debugging-port=0",
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", $"--use-file-for-fake-audio-capture={tone}",
            $"--user-data-dir={scratch.At("profile")}", .. more, "about:blank",
        ];
        var process = networkNamespace is null
            ? ChildProcess.Start(program, arguments)
            : ChildProcess.Start(Needs.Program("ip", "iproute2"), ["netns", "exec", networkNamespace, program, .. arguments]);
        try
        {
            var line = await process.WaitForLineAsync("DevTools listening on ws://", TimeSpan.FromSeconds(60));
            var address = Regex.Match(line, @"ws://\S+").Value;
            return new Chromium(toneHertz, scratch, process, await DevTools.ConnectAsync(new Uri(address), networkNamespace));
        }
        catch
        {
            await process.DisposeAsync();
            scratch.Dispose();
            throw;
        }
    }

    /// <summary>Opens a page and waits until it is loaded.</summary>
    /// <param name="url">Of the page.</param>
    /// <param name="apart">Its cookies and storage are its own, as in another browser.</param>
    public async Task<BrowserPage> OpenAsync(string url, bool apart = false)
    {
        var place = new JsonObject { ["url"] = "about:blank" };
        if (apart)
            place["browserContextId"] = (string?)(await _tools.SendAsync("Target.createBrowserContext", []))["browserContextId"];
        var target = await _tools.SendAsync("Target.createTarget", place);
        var session = await _tools.SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = (string?)target["targetId"], ["flatten"] = true });
        var page = new BrowserPage(_tools, (string)target["targetId"]!, (string)session["sessionId"]!);
        await page.BeginAsync();
        await page.GoAsync(url);
        return page;
    }

    /// <summary>Ends the browser at once, as a crash does.</summary>
    public void Kill() => _process.Signal(ChildProcess.Sigkill);

    public async ValueTask DisposeAsync()
    {
        await _tools.DisposeAsync();
        await _process.DisposeAsync();
        _scratch.Dispose();
    }
}
