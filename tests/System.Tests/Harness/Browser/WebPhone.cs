using System.Text.Json;
using System.Text.Json.Nodes;

namespace Webphone.System.Tests.Harness.Browser;

/// <summary>A page with another maker's phone, by the few calls that its script exposes.</summary>
public sealed class WebPhone : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly BrowserPage _page;
    private int _read;

    private WebPhone(BrowserPage page) => _page = page;

    public BrowserPage Page => _page;

    /// <param name="browser">Whose microphone it has.</param>
    /// <param name="clients">Where the pages are.</param>
    /// <param name="kind">jssip or sipjs.</param>
    /// <param name="silo">Registers there.</param>
    /// <param name="extension">As this user.</param>
    public static async Task<WebPhone> RegisteredAsync(Chromium browser, WebClients clients, string kind, RunningSilo silo, string extension)
    {
        var phone = new WebPhone(await browser.OpenAsync($"{clients.Address}/{kind}"));
        await phone._page.UntilAsync("window.phone");
        var host = silo.Address.Contains(':', StringComparison.Ordinal) ? $"[{silo.Address}]" : silo.Address;
        await phone.DoAsync("register", $"ws://{host}:{silo.WebPort}/sip", extension, $"demo-{extension}", RunningSilo.Domain);
        await phone.NextAsync("registered");
        return phone;
    }

    /// <summary>Calls a function of the page.</summary>
    public Task<JsonNode?> DoAsync(string function, params object[] arguments) =>
        _page.EvaluateAsync($"phone.{function}({string.Join(',', arguments.Select(argument => JsonSerializer.Serialize(argument)))})");

    /// <summary>Waits for something to happen after what was waited for last.</summary>
    public async Task NextAsync(string what)
    {
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            var events = (await _page.EvaluateAsync("phone.events"))!.AsArray().Select(entry => (string)entry!).ToList();
            var at = events.IndexOf(what, _read);
            if (at >= 0)
            {
                _read = at + 1;
                return;
            }
            Assert.True(Environment.TickCount64 < end, $"no {what} among: {string.Join(", ", events)}\n{_page.Console}");
            await Task.Delay(50);
        }
    }

    /// <summary>Waits until it hears mostly this tone.</summary>
    public async Task HearsAsync(int hertz, TimeSpan? limit = null)
    {
        var end = Environment.TickCount64 + (long)(limit ?? Patience).TotalMilliseconds;
        while (true)
        {
            var heard = (await DoAsync("heard"))!;
            if (Math.Abs(heard["hertz"]!.GetValue<double>() - hertz) < 12 && heard["share"]!.GetValue<double>() > 0.6 && heard["level"]!.GetValue<double>() > -60)
                return;
            Assert.True(Environment.TickCount64 < end, $"does not hear {hertz} Hz but {heard.ToJsonString()}\n{_page.Console}");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DoAsync("unregister");
        await _page.DisposeAsync();
    }
}
