using System.Collections;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Webphone.Silo.Hosting;

namespace Webphone.Silo.Tests.Host;

public sealed class StartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("webphone-start-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string[], string> Refusals => new()
    {
        { ["--sip-port", "x"], "--sip-port must be a port from 1 to 65535, or 0 for any free one; it is \"x\"" },
        { ["--sip-port", "70000"], "--sip-port must be a port" },
        { ["--web-port", "5060"], "--sip-port and --web-port must differ: both are 5060" },
        { ["--rtp-ports", "30000"], "--rtp-ports must be a range of ports" },
        { ["--rtp-ports", "30000-30001"], "--rtp-ports must hold at least 8 ports" },
        { ["--rtp-ports", "5000-6000"], "--sip-port must lie outside --rtp-ports" },
        { ["--rtp-ports", "9000-11000"], "--webrtc-port must lie outside --rtp-ports" },
        { ["--webrtc-port", "8080"], "--web-port and --webrtc-port must differ: both are 8080" },
        { ["--bind", "localhost"], "--bind must be an IP address" },
        { ["--bind", "0.0.0.0"], "--bind must be a loopback address while the demo tenant is served" },
        { ["--bind", "127.0.0.1", "--bind", "127.0.0.1"], "--bind names the same address twice" },
        { ["--trusted-networks", "10.0.0.0/33"], "--trusted-networks must be a network" },
        { ["--provision", "/nowhere.json"], "--provision must be a file that exists" },
        { ["--tls-cert", "/nowhere.pem"], "--tls-cert must be a file that exists" },
        { ["--log-level", "loud"], "--log-level must be trace, debug" },
        { ["--rtp-timeout", "-1"], "--rtp-timeout must be a number of seconds" },
        { ["--browser-ring-time", "0"], "--browser-ring-time must be a number of seconds from 1 to 30" },
        { ["--node", "a b"], "--node must be 1 to 40 letters" },
        { ["--postgres", "nonsense"], "--postgres must be a PostgreSQL connection string" },
        { ["--no-such-thing"], "--no-such-thing" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_setting_that_cannot_work_is_refused_by_its_name(string[] arguments, string message)
    {
        var (code, error) = await Refuse(new Hashtable(), arguments);
        Assert.Equal(2, code);
        Assert.Contains(message, error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_setting_is_named_as_the_person_wrote_it()
    {
        var environment = new Hashtable { ["WEBPHONE_WEB_PORT"] = "web" };
        Assert.Contains("WEBPHONE_WEB_PORT must be a port", (await Refuse(environment)).Error);
        await File.WriteAllTextAsync(Path.Combine(_folder, "webphone.json"), """{ "sip-port": "sip", "bind": ["127.0.0.1", "::1"] }""");
        Assert.Contains("sip-port in webphone.json must be a port", (await Refuse(new Hashtable())).Error);
        await File.WriteAllTextAsync(Path.Combine(_folder, "webphone.json"), """{ "sip-prot": 5060 }""");
        Assert.Contains("webphone.json: there is no setting \"sip-prot\"", (await Refuse(new Hashtable())).Error);
    }

    [Fact]
    public async Task A_busy_port_is_named_with_its_setting()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var (code, error) = await Refuse(new Hashtable(), "--sip-port", $"{port}", "--webrtc-port", "0", "--rtp-ports", "10000-10100");
        Assert.Equal(3, code);
        Assert.Contains($"UDP port {port} on 127.0.0.1 (--sip-port) is in use", error);
    }

    [Fact]
    public async Task A_port_that_is_busy_only_where_media_listens_is_named_too()
    {
        // Media of several addresses is received at all of the machine's.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var port = Ports.Free();
        taken.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), port));
        var (code, error) = await Refuse(new Hashtable(), "--bind", "127.0.0.1", "--bind", "127.0.0.2", "--sip-port", "0", "--sips-port", "0", "--web-port", "0", "--webrtc-port", $"{port}", "--rtp-ports", "50000-50100");
        Assert.Equal(3, code);
        Assert.Equal($"webphone: UDP port {port} on 0.0.0.0 (--webrtc-port) is in use by another program; stop it or choose another port.", error.TrimEnd());
    }

    [Fact]
    public async Task A_provisioning_file_with_a_mistake_is_refused_with_its_line()
    {
        var file = Path.Combine(_folder, "p.json");
        await File.WriteAllTextAsync(file, "{\n  \"tenants\": []\n}");
        var (code, error) = await Refuse(new Hashtable(), [.. FreePorts, "--provision", file]);
        Assert.Equal(2, code);
        Assert.Contains("line 2, column 15: there must be at least one tenant", error);
    }

    [Fact]
    public async Task It_starts_serves_health_status_and_metrics_and_stops()
    {
        using var stop = new CancellationTokenSource();
        var output = new Said();
        var port = Ports.Free();
        var run = Run(new Hashtable(), output, new StringWriter(), stop.Token, [.. FreePorts, "--web-port", $"{port}"]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        while (!run.IsCompleted && !output.ToString().Contains("is ready")) await Task.Delay(20);
        Assert.False(run.IsCompleted);
        Assert.Equal("ok", (string?)(await http.GetFromJsonAsync<JsonNode>("/healthz"))!["status"]);
        Assert.Equal(10, (await http.GetFromJsonAsync<JsonNode>("/status.json"))!["users"]!.AsArray().Count);
        Assert.Contains("webphone_calls_live ", await http.GetStringAsync("/metrics"));
        using var page = await http.GetAsync("/status");
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.False(page.Headers.Contains("Server"));
        using var proxied = new HttpRequestMessage(HttpMethod.Get, "/status.json") { Headers = { { "X-Forwarded-For", "192.0.2.1" } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(proxied)).StatusCode);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/status.json") { Headers = { Host = "evil.example" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(rebound)).StatusCode);
        await stop.CancelAsync();
        Assert.Equal(0, await run);
        Assert.DoesNotContain("demo-101", await File.ReadAllTextAsync(Path.Combine(_folder, "data", "webphone.db"), Encoding.Latin1));
    }

    [Fact]
    public async Task A_link_to_set_a_new_password_is_made_beside_the_running_server_and_works_once()
    {
        using var stop = new CancellationTokenSource();
        var output = new Said();
        var port = Ports.Free();
        var run = Run(new Hashtable(), output, new StringWriter(), stop.Token, [.. FreePorts, "--web-port", $"{port}"]);
        while (!run.IsCompleted && !output.ToString().Contains("is ready")) await Task.Delay(20);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), DefaultRequestHeaders = { { "X-Webphone", "1" } } };

        var printed = new StringWriter();
        Assert.Equal(0, await Run(new Hashtable(), printed, new StringWriter(), CancellationToken.None, "--reset-password", "101@demo.example", "--web-port", $"{port}"));
        var link = new Uri(printed.ToString().Split('\n')[0].Trim());
        Assert.Equal(("/webphone/recover", port), (link.AbsolutePath, link.Port));
        var recovery = new { token = link.Fragment[1..], password = "a new password" };

        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsJsonAsync("/api/recovery", recovery)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsJsonAsync("/api/session", new { user = "101@demo.example", recovery.password })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.PostAsJsonAsync("/api/recovery", recovery)).StatusCode);
        var (code, error) = await Refuse(new Hashtable(), "--reset-password", "999@demo.example");
        Assert.Equal(2, code);
        Assert.Contains("there is no user 999@demo.example", error);
        await stop.CancelAsync();
        Assert.Equal(0, await run);
    }

    private static string[] FreePorts => ["--sip-port", "0", "--sips-port", "0", "--webrtc-port", "0"];

    private async Task<(int Code, string Error)> Refuse(IDictionary environment, params string[] arguments)
    {
        var error = new StringWriter();
        var code = await Run(environment, new StringWriter(), error, new CancellationToken(canceled: true), arguments);
        return (code, error.ToString());
    }

    private Task<int> Run(IDictionary environment, TextWriter output, TextWriter error, CancellationToken stop, params string[] arguments)
    {
        string[] data = arguments.Contains("--data") ? [] : ["--data", Path.Combine(_folder, "data")];
        return WebphoneProgram.Run([.. arguments, .. data], environment, _folder, output, error, stop);
    }

    /// <summary>What a running program says, from any of its threads.</summary>
    private sealed class Said : TextWriter
    {
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_text) _text.Append(value);
        }

        public override void Write(string? value)
        {
            lock (_text) _text.Append(value);
        }

        public override string ToString()
        {
            lock (_text) return _text.ToString();
        }
    }
}
