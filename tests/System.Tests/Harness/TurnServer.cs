namespace Webphone.System.Tests.Harness;

/// <summary>A real coturn in the server's namespace of a network, with credentials made from a shared secret.</summary>
public sealed class TurnServer : IAsyncDisposable
{
    public const int Port = 3478;
    public const string Secret = "relay-secret";

    private readonly Scratch _scratch;
    private readonly ChildProcess _process;

    private TurnServer(Scratch scratch, ChildProcess process) => (_scratch, _process) = (scratch, process);

    public static string Url => $"turn:{BrowserNetwork.ServerAddress}:{Port}?transport=udp";

    /// <summary>What it wrote of itself and of its sessions.</summary>
    public string Log => _process.Output;

    public static async Task<TurnServer> StartAsync(BrowserNetwork network)
    {
        var program = Needs.Program("turnserver", "coturn");
        var scratch = new Scratch();
        var process = ChildProcess.Start(Needs.Program("ip", "iproute2"), [
            "netns", "exec", network.Server, program, "-n", "--listening-ip", BrowserNetwork.ServerAddress, "--listening-port", $"{Port}", "--relay-ip", BrowserNetwork.ServerAddress,
            "--use-auth-secret", "--static-auth-secret", Secret, "--realm", RunningSilo.Domain, "--no-tls", "--no-dtls", "--no-cli", "--verbose", "--log-file", "stdout",
            "--pidfile", scratch.At("turn.pid"), "--db", scratch.At("turn.db"),
        ], workingDirectory: scratch.Folder);
        try
        {
            await process.WaitForLineAsync("UDP listener opened on");
            return new TurnServer(scratch, process);
        }
        catch
        {
            await process.DisposeAsync();
            scratch.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _scratch.Dispose();
    }
}
