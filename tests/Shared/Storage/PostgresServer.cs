using System.Diagnostics;

namespace Webphone.Tests.Shared.Storage;

/// <summary>A PostgreSQL of the tests' own, from the binaries that Debian installs: a fresh cluster in a temporary folder on a free port.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wppg-").FullName;
    private readonly string _binaries;
    private readonly int _port = Ports.Free();

    private PostgresServer(string binaries) => _binaries = binaries;

    public string ConnectionString => ConnectionStringOf("postgres");

    private string ProcessFile => $"{_folder}/data/postmaster.pid";

    /// <summary>Starts one. Skips the test where there is no PostgreSQL.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        const string Versions = "/usr/lib/postgresql";
        var binaries = Directory.Exists(Versions)
            ? Directory.GetDirectories(Versions).Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
            : null;
        Assert.SkipWhen(binaries is null, "PostgreSQL is not installed (apt-get install postgresql)");
        var server = new PostgresServer(binaries);
        try
        {
            if (Environment.IsPrivilegedProcess)
                await server.ExecuteAsync("chown", "postgres", server._folder);
            await server.RunAsync("initdb", "-A", "trust", "-N", "-E", "UTF8", "--locale=C");
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public string ConnectionStringOf(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Pooling=true;Maximum Pool Size=20";

    /// <summary>Starts it, the first time or after <see cref="StopAsync"/>.</summary>
    public Task StartAgainAsync() => RunAsync("pg_ctl", "-w", "-l", $"{_folder}/log", "-o", $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off", "start");

    /// <summary>Ends it in good order; its connections are closed.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", "-w", "-m", "fast", "stop");

    /// <summary>It stands still: connections stay, and nothing is answered, as when the network or the machine under it hangs.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!File.Exists(ProcessFile))
                return;
            await ResumeAsync();
            await RunAsync("pg_ctl", "-m", "immediate", "stop");
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private Task RunAsync(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(_binaries, program), "-D", $"{_folder}/data", .. arguments];
        return Environment.IsPrivilegedProcess ? ExecuteAsync("runuser", ["-u", "postgres", "--", .. command]) : ExecuteAsync(command[0], command[1..]);
    }

    /// <summary>To the server first, so that it makes no more processes while theirs are signalled.</summary>
    private async Task SignalAsync(string signal)
    {
        var server = (await File.ReadAllLinesAsync(ProcessFile))[0];
        await ExecuteAsync("sh", "-c", $"kill -{signal} {server} && pkill -{signal} -P {server}");
    }

    private async Task ExecuteAsync(string program, params string[] arguments)
    {
        // To a file: the server that pg_ctl starts keeps the output open.
        var log = $"{_folder}.commands";
        try
        {
            using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >\"$0\" 2>&1", log, program, .. arguments]) { WorkingDirectory = "/" })!;
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{File.ReadAllText(log)}");
        }
        finally
        {
            File.Delete(log);
        }
    }
}
