using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Webphone.System.Tests.Harness;

/// <summary>The built program, running as a process on ports of its own, with its data in a folder that outlives restarts.</summary>
public sealed class RunningSilo : IAsyncDisposable
{
    public const string Domain = "demo.example";

    private const string Users = $$"""
        { "tenants": [ { "name": "office", "domain": "{{Domain}}", "digestAlgorithms": ["MD5"], "userRanges": [ { "first": 101, "count": 10, "secretPrefix": "demo-", "passwordPrefix": "demo-" } ] } ] }
        """;

    private readonly Scratch _scratch;
    private readonly List<string> _arguments;
    private readonly HttpClient _http;
    private readonly string? _namespace;
    private ChildProcess? _process;

    private RunningSilo(Scratch scratch, string address, int rtpPorts, IEnumerable<string> more, string? networkNamespace = null)
    {
        _scratch = scratch;
        _namespace = networkNamespace;
        _http = new HttpClient(networkNamespace is null ? new SocketsHttpHandler() : BrowserNetwork.HandlerIn(networkNamespace)) { Timeout = TimeSpan.FromSeconds(40) };
        Address = address;
        SipPort = Ports.Free();
        SipsPort = Ports.Free();
        WebPort = Ports.Free();
        WebRtcPort = Ports.Free();
        FirstRtpPort = Ports.FreeRange(rtpPorts);
        _arguments =
        [
            "--bind", address, "--sip-port", $"{SipPort}", "--sips-port", $"{SipsPort}", "--web-port", $"{WebPort}", "--webrtc-port", $"{WebRtcPort}",
            "--rtp-ports", $"{FirstRtpPort}-{FirstRtpPort + rtpPorts - 1}", "--data", scratch.At("data"),
            // A machine that does everything at once runs a page's script when it comes to it.
            "--browser-ring-time", "10", .. more,
        ];
    }

    public string Address { get; }

    public int SipPort { get; }

    public int SipsPort { get; }

    public int WebPort { get; }

    public int WebRtcPort { get; }

    public int FirstRtpPort { get; }

    public string DataFolder => _scratch.At("data");

    public Scratch Files => _scratch;

    public ChildProcess Process => _process ?? throw new InvalidOperationException("it is not running");

    public string Output => _process?.Output ?? "";

    /// <summary>Starts with the demo tenant, or with the arguments given, and waits until it says that it is healthy.</summary>
    public static Task<RunningSilo> StartAsync(params string[] arguments) => StartAsync(rtpPorts: 200, arguments);

    public static Task<RunningSilo> StartAsync(int rtpPorts, params string[] arguments) =>
        LaunchedAsync(new RunningSilo(new Scratch(), "127.0.0.1", rtpPorts, arguments));

    /// <summary>Starts in the server's namespace of a network, at its address, with users as in the demo tenant.</summary>
    public static Task<RunningSilo> StartAsync(BrowserNetwork network, params string[] arguments)
    {
        var scratch = new Scratch();
        var file = scratch.Write("provision.json", Users);
        return LaunchedAsync(new RunningSilo(scratch, BrowserNetwork.ServerAddress, 200, ["--provision", file, "--trusted-networks", $"{BrowserNetwork.ServerAddress}/32", .. arguments], network.Server));
    }

    private static async Task<RunningSilo> LaunchedAsync(RunningSilo silo)
    {
        try
        {
            await silo.LaunchAsync();
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts with a provisioning file of this content.</summary>
    public static Task<RunningSilo> ProvisionedAsync(string json, string address = "127.0.0.1", int rtpPorts = 200, params string[] arguments) =>
        FromFileAsync(json, address, rtpPorts, null, arguments);

    /// <summary>Starts with a provisioning file of this content outside the router of a network.</summary>
    public static Task<RunningSilo> ProvisionedAsync(string json, NetworkNamespaces network) =>
        FromFileAsync(json, NetworkNamespaces.ServerAddress, 200, network.Server, []);

    private static async Task<RunningSilo> FromFileAsync(string json, string address, int rtpPorts, string? networkNamespace, string[] arguments)
    {
        var scratch = new Scratch();
        var file = scratch.Write("provision.json", json);
        return await LaunchedAsync(new RunningSilo(scratch, address, rtpPorts, ["--provision", file, .. arguments], networkNamespace));
    }

    /// <summary>Runs the program with these arguments to its end: for starts that must be refused. Its media ports lie where no test's port does.</summary>
    public static async Task<(int Code, string Output)> RefusedAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start(Program(), ["--rtp-ports", "61000-61999", .. arguments]);
        var code = await process.WaitForExitAsync(TimeSpan.FromSeconds(60));
        return (code, process.Output);
    }

    public async Task LaunchAsync()
    {
        _process = _namespace is null
            ? ChildProcess.Start(Program(), _arguments)
            : ChildProcess.Start(Needs.Program("ip", "iproute2"), ["netns", "exec", _namespace, Program(), .. _arguments]);
        var end = Environment.TickCount64 + 60_000;
        while (!await IsHealthyAsync())
        {
            Assert.False(_process.HasExited, $"the program ended with {(_process.HasExited ? _process.ExitCode : 0)}:\n{_process.Output}");
            Assert.True(Environment.TickCount64 < end, $"the program did not become healthy:\n{_process.Output}");
            await Task.Delay(50);
        }
    }

    /// <summary>Ends it as Ctrl+C or a service manager does, and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Process.Signal(ChildProcess.Sigterm);
        return await Process.WaitForExitAsync(TimeSpan.FromSeconds(40));
    }

    /// <summary>Waits until the store has every call as it is now: the journal promises that within 100 ms, and a busy machine takes longer.</summary>
    public Task JournalWrittenAsync() => WrittenAsync("journal");

    /// <summary>Waits until the store has all subscriptions as they are now.</summary>
    public Task SubscriptionsWrittenAsync() => WrittenAsync("subscriptions");

    private async Task WrittenAsync(string what)
    {
        var end = Environment.TickCount64 + 40_000;
        while (!Regex.IsMatch(await MetricsAsync(), $"(?m)^webphone_{what}_waiting(\\{{[^}}]*\\}})? 0$"))
        {
            Assert.True(Environment.TickCount64 < end, $"the {what} do not get written:\n{Process.Output}");
            await Task.Delay(20);
        }
    }

    /// <summary>Ends it as a power cut would, once the journal has what happened so far.</summary>
    public async Task KillAsync()
    {
        await JournalWrittenAsync();
        Process.Signal(ChildProcess.Sigkill);
        await Process.WaitForExitAsync(TimeSpan.FromSeconds(40));
        await Process.DisposeAsync();
    }

    public async Task<bool> IsHealthyAsync()
    {
        try
        {
            using var response = await _http.GetAsync(Web("/healthz"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public Uri Web(string path) => new($"http://{Address}:{WebPort}{path}");

    public async Task<JsonNode> StatusAsync() => (await _http.GetFromJsonAsync<JsonNode>(Web("/status.json")))!;

    /// <summary>Waits until nothing is left of any call.</summary>
    public async Task NoCallsAsync()
    {
        var end = Environment.TickCount64 + 40_000;
        while ((await StatusAsync())["calls"]!.AsArray() is { Count: > 0 } calls)
        {
            Assert.True(Environment.TickCount64 < end, $"calls that do not end: {calls.ToJsonString()}");
            await Task.Delay(50);
        }
    }

    public Task<string> MetricsAsync() => _http.GetStringAsync(Web("/metrics"));

    /// <summary>A demo phone's settings for this server.</summary>
    public PhoneSetup Phone(string extension, int toneHertz = 440, string transport = "udp")
    {
        return new PhoneSetup
        {
            Extension = extension,
            ToneHertz = toneHertz,
            Transport = transport,
            Address = _namespace is null ? "127.0.0.1" : Address,
            NetworkNamespace = _namespace,
            Server = $"{Address}:{(transport == "tls" ? SipsPort : SipPort)}",
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } running)
        {
            running.Signal(ChildProcess.Sigterm);
            try
            {
                await running.WaitForExitAsync(TimeSpan.FromSeconds(8));
            }
            catch (TimeoutException)
            {
                // Tests of the shutdown assert its time; here only the end matters.
            }
        }

        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _http.Dispose();
        _scratch.Dispose();
    }

    private static string Program()
    {
        // artifacts/ENGINE/bin/System.Tests/CONFIGURATION/ beside artifacts/ENGINE/bin/Silo/CONFIGURATION/.
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.Combine(here.Parent!.Parent!.FullName, "Silo", here.Name, "Webphone.Silo");
    }
}
