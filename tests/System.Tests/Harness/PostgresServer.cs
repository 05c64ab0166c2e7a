namespace Webphone.System.Tests.Harness;

/// <summary>A PostgreSQL of the test's own: a fresh cluster in a temporary folder on a free port.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _control;
    private readonly int _port;

    private PostgresServer(string folder, string control, int port)
    {
        _folder = folder;
        _control = control;
        _port = port;
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Pooling=true;Maximum Pool Size=20";
    }

    public string ConnectionString { get; }

    public static async Task<PostgresServer> StartAsync()
    {
        var tools = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")).LastOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
            : null;
        Assert.SkipWhen(tools is null, "PostgreSQL is not installed (apt-get install postgresql)");
        Needs.Root();
        var runuser = Needs.Program("runuser", "util-linux");
        var folder = Directory.CreateTempSubdirectory("wppg-").FullName;
        await ChildProcess.RunAsync("/bin/chown", "postgres", folder);
        var port = Ports.Free();
        await ChildProcess.RunAsync(runuser, "-u", "postgres", "--", Path.Combine(tools, "initdb"), "-D", $"{folder}/data", "-A", "trust", "-N");
        var control = Path.Combine(tools, "pg_ctl");
        var server = new PostgresServer(folder, control, port);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it, the first time or after <see cref="StopAsync"/>.</summary>
    public Task StartAgainAsync() => ControlAsync("-w", "-l", $"{_folder}/log", "-o", $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off", "start");

    /// <summary>Ends it in good order; its connections are closed.</summary>
    public Task StopAsync() => ControlAsync("-w", "-m", "fast", "stop");

    /// <summary>It stands still: connections stay, and nothing is answered, as when the network or the machine under it hangs.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!File.Exists(ProcessFile)) return;
            await ResumeAsync();
            await ControlAsync("-m", "immediate", "stop");
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private string ProcessFile => $"{_folder}/data/postmaster.pid";

    private Task ControlAsync(params string[] arguments) =>
        ChildProcess.RunAsync(Needs.Find("runuser")!, ["-u", "postgres", "--", _control, "-D", $"{_folder}/data", .. arguments]);

    /// <summary>To the server first, so that it makes no more processes while theirs are signalled.</summary>
    private async Task SignalAsync(string signal)
    {
        var server = (await File.ReadAllLinesAsync(ProcessFile))[0];
        await ChildProcess.RunAsync("/bin/sh", "-c", $"kill -{signal} {server} && pkill -{signal} -P {server}");
    }
}
