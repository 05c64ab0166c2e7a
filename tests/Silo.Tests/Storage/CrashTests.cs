using System.Diagnostics;
using Dapper;
using Orleans;
using Orleans.Runtime;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Tests.Storage;

/// <summary>A process that is killed while it writes leaves a store that can be read, with whole records only, and all that were confirmed.</summary>
public sealed class CrashTests
{
    private const string ChildFolder = "WEBPHONE_CRASH_TEST_FOLDER";
    private const string Confirmed = "confirmed";
    private const int Filler = 4_000;

    public sealed record Counter
    {
        public long Value { get; init; }

        public string Padding { get; init; } = "";
    }

    [Fact]
    public async Task Every_confirmed_write_survives_a_kill_and_no_half_record_does()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"webphone-crash-{Guid.NewGuid():N}");
        var confirmed = await WriteUntilKilled(folder);
        await using var store = await OpenStore.Open(new SqliteDatabase(folder));
        await using (var connection = await store.Database.OpenRead())
            Assert.Equal("ok", await connection.ExecuteScalarAsync<string>("PRAGMA integrity_check"));
        foreach (var (grain, value) in confirmed)
        {
            var state = new GrainState<Counter>();
            await store.States.ReadStateAsync("s", GrainId.Parse(grain), state);
            Assert.True(state.State!.Value >= value, $"{grain}: {value} was confirmed, {state.State.Value} is stored");
            Assert.Equal(Filler, state.State.Padding.Length);
        }

        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<Dictionary<string, long>> WriteUntilKilled(string folder)
    {
        var childTest = $"{typeof(CrashTests).FullName}.{nameof(Writes_until_it_is_killed)}";
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-explicit", "only", "-method", childTest]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment[ChildFolder] = folder;
        using var child = Process.Start(start)!;
        var confirmed = new Dictionary<string, long>();
        for (var line = 0; line < 2_000;)
        {
            var parts = (await child.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the child ended by itself")).Split(' ');
            if (parts[0] != Confirmed) continue;
            confirmed[parts[1]] = long.Parse(parts[2]);
            line++;
        }

        child.Kill();
        await child.WaitForExitAsync();
        return confirmed;
    }

    /// <summary>What the child does: this same program, which runs this test alone.</summary>
    [Fact(Explicit = true)]
    public async Task Writes_until_it_is_killed()
    {
        var folder = Environment.GetEnvironmentVariable(ChildFolder);
        Assert.SkipWhen(folder is null, "runs in the process that another test kills");
        await using var store = await OpenStore.Open(new SqliteDatabase(folder));
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => WriteForEver(store, $"user/acme/{i}", Console.Out)));
    }

    private static async Task WriteForEver(OpenStore store, string grain, TextWriter output)
    {
        await Task.Yield();
        var state = new GrainState<Counter>(new Counter());
        for (var value = 1L; ; value++)
        {
            state.State = new Counter { Value = value, Padding = new string('x', Filler) };
            await store.States.WriteStateAsync("s", GrainId.Parse(grain), state);
            lock (output)
            {
                output.WriteLine($"{Confirmed} {grain} {value}");
                output.Flush();
            }
        }
    }
}
