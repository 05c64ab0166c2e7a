using System.Diagnostics;
using Npgsql;

[assembly: AssemblyFixture(typeof(Webphone.Silo.Tests.Storage.PostgresServer))]

namespace Webphone.Silo.Tests.Storage;

/// <summary>A PostgreSQL of the tests' own, started when the first test asks for it, from the binaries that Debian installs.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"webphone-postgres-{Guid.NewGuid():N}");
    private string? _binaries;
    private int _port;
    private int _databases;

    /// <summary>The connection string of a new, empty database. Skips the test where there is no PostgreSQL.</summary>
    public async Task<string> NewDatabase()
    {
        await _gate.WaitAsync();
        try
        {
            if (_binaries is null) await Start();
        }
        finally
        {
            _gate.Release();
        }

        var name = $"t{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_binaries is not null) await Run("pg_ctl", "-D", Path.Combine(_folder, "data"), "-m", "immediate", "-w", "stop");
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Maximum Pool Size=20";

    private async Task Start()
    {
        var found = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
            : null;
        Assert.SkipWhen(found is null, "PostgreSQL is not installed (apt-get install postgresql)");
        _binaries = found;
        _port = Ports.Free();
        Directory.CreateDirectory(_folder);
        if (Environment.UserName == "root") await Execute("chown", "postgres", _folder);
        await Run("initdb", "-D", Path.Combine(_folder, "data"), "-A", "trust", "-E", "UTF8", "--locale=C");
        await Run("pg_ctl", "-D", Path.Combine(_folder, "data"), "-w", "-l", Path.Combine(_folder, "log"), "-o", $"-p {_port} -h 127.0.0.1 -k {_folder}", "start");
    }

    private Task Run(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries!, program);
        // PostgreSQL refuses to run as root.
        return Environment.UserName == "root" ? Execute("runuser", ["-u", "postgres", "--", path, .. arguments]) : Execute(path, arguments);
    }

    private static async Task Execute(string program, params string[] arguments)
    {
        // Output is left alone: the server that pg_ctl starts keeps it open.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
