namespace Webphone.System.Tests.Harness;

/// <summary>A PostgreSQL of the test's own: a fresh cluster in a temporary folder on a free port.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _control;

    private PostgresServer(string folder, string control, int port)
    {
        _folder = folder;
        _control = control;
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
        await ChildProcess.RunAsync(
            runuser, "-u", "postgres", "--", control, "-D", $"{folder}/data", "-w", "-l", $"{folder}/log",
            "-o", $"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off", "start");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await ChildProcess.RunAsync(Needs.Find("runuser")!, "-u", "postgres", "--", _control, "-D", $"{_folder}/data", "-m", "immediate", "stop");
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
