using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Webphone.System.Tests.Harness.Browser;

/// <summary>One page of a browser: scripts run in it, and what it shows and hears is waited for.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    /// <summary>Characters of a page's text in a failure's message.</summary>
    private const int TextShown = 500;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly DevTools _tools;
    private readonly string _target;
    private readonly string _session;
    private readonly StringBuilder _console = new();
    private readonly ConcurrentDictionary<string, string> _requests = new();
    private TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal BrowserPage(DevTools tools, string target, string session)
    {
        _tools = tools;
        _target = target;
        _session = session;
    }

    /// <summary>What else is to be told when something never comes: what its server wrote.</summary>
    public Func<string>? Beside { get; set; }

    /// <summary>What the page wrote to its console, the exceptions that nobody caught, and the requests that failed.</summary>
    public string Console
    {
        get
        {
            lock (_console)
                return _console.ToString();
        }
    }

    /// <summary>Loads an address and waits for the load event; a page that does not come is loaded again, as a person does.</summary>
    public async Task GoAsync(string url)
    {
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            _loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var answer = await CommandAsync("Page.navigate", new JsonObject { ["url"] = url });
            await _loaded.Task.WaitAsync(Patience);
            if ((string?)answer["errorText"] is not { } error)
            {
                // The event may have been of the empty page that was here before.
                await UntilAsync("document.readyState === 'complete'");
                return;
            }
            Assert.True(Environment.TickCount64 < end, $"{url} does not load: {error}\n{Console}");
            await Task.Delay(Look);
        }
    }

    /// <summary>Loads the page anew, as the user's key does.</summary>
    public async Task ReloadAsync()
    {
        _loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await CommandAsync("Page.reload");
        await _loaded.Task.WaitAsync(Patience);
    }

    /// <summary>Cuts the page off from the network, or connects it again. It holds for HTTP and WebSockets, not for media.</summary>
    public Task SetOfflineAsync(bool offline) => CommandAsync(
        "Network.emulateNetworkConditions",
        new JsonObject { ["offline"] = offline, ["latency"] = 0, ["downloadThroughput"] = -1, ["uploadThroughput"] = -1 });

    /// <summary>Sends any command of the DevTools protocol to this page.</summary>
    public Task<JsonNode> CommandAsync(string method, JsonObject? parameters = null) => _tools.SendAsync(method, parameters, _session);

    /// <summary>Evaluates an expression; a promise is awaited, and what is thrown in the page is thrown here.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await CommandAsync("Runtime.evaluate", new JsonObject
        {
            ["expression"] = expression,
            ["awaitPromise"] = true,
            ["returnByValue"] = true,
            ["userGesture"] = true,
        });
        if (answer["exceptionDetails"] is { } thrown)
            throw new InvalidOperationException($"{expression}: {thrown["exception"]?["description"] ?? thrown["text"]}\n{Console}");
        return answer["result"]!["value"]?.DeepClone();
    }

    /// <summary>Waits until an expression is true; what the page shows, wrote and could not load is in the message when it never is.</summary>
    public async Task UntilAsync(string expression, TimeSpan? limit = null)
    {
        if (!await BecomesAsync(expression, limit ?? Patience))
            Assert.Fail($"never true: {expression}\n{await DescribeAsync()}");
    }

    /// <summary>Whether an expression is true, now or within this time.</summary>
    public async Task<bool> BecomesAsync(string expression, TimeSpan limit)
    {
        var end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (!((await LookAsync($"Boolean({expression})"))?.GetValue<bool>() ?? false))
        {
            if (Environment.TickCount64 >= end)
                return false;
            await Task.Delay(Look);
        }
        return true;
    }

    /// <summary>Waits until a line of <see cref="Console"/> matches.</summary>
    public async Task WroteAsync([StringSyntax("Regex")] string pattern)
    {
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!Regex.IsMatch(Console, pattern))
        {
            Assert.True(Environment.TickCount64 < end, $"it did not write /{pattern}/ but:\n{Console}");
            await Task.Delay(Look);
        }
    }

    /// <summary>Where the page is, what it shows, what it wrote to its console, which requests failed, and what is beside it.</summary>
    public async Task<string> DescribeAsync()
    {
        var seen = await EvaluateAsync($"[location.href, document.readyState, document.visibilityState, (document.body?.innerText ?? '').slice(0, {TextShown})].join(' | ')");
        return $"{seen}\n{Console}\n{Beside?.Invoke()}";
    }

    /// <summary>Clicks what a CSS selector finds, as a user does: with the mouse, in its middle, once it stands still and nothing covers it.</summary>
    public async Task ClickAsync(string selector)
    {
        var (x, y) = await StandsAsync(selector);
        foreach (var type in (string[])["mousePressed", "mouseReleased"])
            await CommandAsync("Input.dispatchMouseEvent", new JsonObject { ["type"] = type, ["x"] = x, ["y"] = y, ["button"] = "left", ["clickCount"] = 1 });
    }

    /// <summary>Types into what has the focus.</summary>
    public Task TypeAsync(string text) => CommandAsync("Input.insertText", new JsonObject { ["text"] = text });

    /// <summary>A PNG of what is visible.</summary>
    public async Task<byte[]> ScreenshotAsync()
    {
        var picture = await CommandAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" });
        return Convert.FromBase64String((string)picture["data"]!);
    }

    /// <summary>Sets the size of the window and its theme.</summary>
    public async Task ShowAsAsync(int width, int height, bool dark)
    {
        await CommandAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        await CommandAsync("Emulation.setEmulatedMedia", new JsonObject
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
        });
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _tools.SendAsync("Target.closeTarget", new JsonObject { ["targetId"] = _target });
        }
        catch (InvalidOperationException)
        {
            // The browser has gone first.
        }
    }

    internal async Task BeginAsync()
    {
        _tools.Listen(_session, OnEvent);
        await CommandAsync("Page.enable");
        await CommandAsync("Runtime.enable");
        await CommandAsync("Network.enable");
    }

    /// <summary>Evaluates an expression; null where the page is just going to be another.</summary>
    private async Task<JsonNode?> LookAsync(string expression)
    {
        try
        {
            return await EvaluateAsync(expression);
        }
        catch (InvalidOperationException e) when (Regex.IsMatch(e.Message, "navigated or closed|context was destroyed|Cannot find (default execution )?context"))
        {
            return null;
        }
    }

    /// <summary>Where the middle of an element is, once it is at the same place twice and nothing covers it.</summary>
    private async Task<(double X, double Y)> StandsAsync(string selector)
    {
        var look = $$"""
            (() => {
              const found = document.querySelector({{JsonSerializer.Serialize(selector)}});
              if (!found || found.disabled) return null;
              found.scrollIntoView({ block: 'center', behavior: 'instant' });
              const { x, y, width, height } = found.getBoundingClientRect();
              const [left, top] = [x + width / 2, y + height / 2];
              return found.contains(document.elementFromPoint(left, top)) ? `${left} ${top}` : null;
            })()
            """;
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        string? before = null;
        while (true)
        {
            var place = (string?)await LookAsync(look);
            if (place is not null && place == before)
                return (Number(place.Split(' ')[0]), Number(place.Split(' ')[1]));
            if (Environment.TickCount64 >= end)
                Assert.Fail($"cannot be clicked: {selector}\n{await DescribeAsync()}");
            before = place;
            await Task.Delay(Look);
        }

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    private void OnEvent(string method, JsonNode parameters)
    {
        switch (method)
        {
            case "Page.loadEventFired":
                _loaded.TrySetResult();
                break;
            case "Runtime.consoleAPICalled":
                Write(string.Join(' ', parameters["args"]!.AsArray().Select(argument => (argument!["value"] ?? argument["description"])?.ToString())));
                break;
            case "Runtime.exceptionThrown":
                Write($"uncaught: {parameters["exceptionDetails"]!["exception"]?["description"] ?? parameters["exceptionDetails"]!["text"]}");
                break;
            case "Network.requestWillBeSent":
                _requests[(string)parameters["requestId"]!] = (string)parameters["request"]!["url"]!;
                break;
            case "Network.responseReceived" when (int)parameters["response"]!["status"]! >= 400:
                Write($"answered {parameters["response"]!["status"]}: {parameters["response"]!["url"]}");
                break;
            case "Network.loadingFailed":
                Write($"failed: {_requests.GetValueOrDefault((string)parameters["requestId"]!)}: {parameters["errorText"]}");
                break;
        }
    }

    private void Write(string line)
    {
        lock (_console)
            _console.AppendLine(CultureInfo.InvariantCulture, $"{line}");
    }
}
