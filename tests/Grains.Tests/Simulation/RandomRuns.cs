using System.Diagnostics;
using System.Globalization;
using Orleans.Simulation;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>
/// Runs of a simulated company, and what they came to. <c>WEBPHONE_SIM_CALLS</c> sets how many calls, <c>WEBPHONE_SIM_FROM</c> the first seed,
/// <c>WEBPHONE_SEED</c> replays one run; a failure says how.
/// </summary>
internal sealed class RandomRuns(Func<int, SimWorld> world, ITestOutputHelper output)
{
    private const int CallsOfRun = 30;

    private readonly Dictionary<CallEnd, int> _results = [];
    private readonly Dictionary<string, int> _transfers = [];
    private readonly Dictionary<StepKind, long> _kinds = [];
    private long _started;
    private long _steps;

    /// <summary>Known seeds for so many calls, and one that is new each time. False when one run was replayed instead.</summary>
    public bool Run(int callsInCI)
    {
        if (Asked(SimulationOptions.SeedVariable) is { } replayed)
        {
            Run(seed: replayed, count: 1);
            return false;
        }

        var clock = Stopwatch.StartNew();
        var calls = Asked("WEBPHONE_SIM_CALLS") ?? callsInCI;
        Run(seed: Asked("WEBPHONE_SIM_FROM") ?? 1, count: (calls + CallsOfRun - 1) / CallsOfRun);
        var fresh = Random.Shared.Next();
        output.WriteLine($"fresh seed {fresh}");
        Run(seed: fresh, count: 1);
        output.WriteLine($"{_started} calls started in {_steps} steps, {clock.Elapsed.TotalSeconds:F0} s");
        output.WriteLine("results of users' entries: " + string.Join(", ", _results.OrderByDescending(result => result.Value).Select(result => $"{result.Value} {result.Key}")));
        output.WriteLine("steps: " + string.Join(", ", _kinds.Select(kind => $"{kind.Value} {kind.Key}")));
        output.WriteLine("transfers: " + string.Join(", ", _transfers.Select(transfer => $"{transfer.Value} {transfer.Key}")));
        return true;
    }

    /// <summary>What random calls must come to, or they are not random enough.</summary>
    public void CameTo(IEnumerable<CallEnd> ends, IEnumerable<string> transfers)
    {
        Assert.All(transfers, what => Assert.True(_transfers.ContainsKey(what), $"no transfer was {what}"));
        Assert.All(ends, end => Assert.True(_results.ContainsKey(end), $"no call came to {end}"));
    }

    /// <summary>What must have gone wrong, or too little did.</summary>
    public void Met(Func<StepKind, bool> isExpected) =>
        Assert.All(Enum.GetValues<StepKind>().Where(isExpected), kind => Assert.True(_kinds.GetValueOrDefault(kind) > 0, $"nothing was {kind}"));

    public ulong Trace(int seed)
    {
        using var one = world(seed);
        one.Run(CallsOfRun);
        return one.Cluster.Trace;
    }

    private static int? Asked(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var asked) ? asked : null;

    private void Run(int seed, int count)
    {
        for (var last = seed + count - 1; seed <= last; seed++)
        {
            using var one = world(seed);
            one.Run(CallsOfRun);
            _started += one.Calls.Count;
            _steps += one.Cluster.Steps;
            foreach (var (what, times) in one.Transfers) _transfers[what] = _transfers.GetValueOrDefault(what) + times;
            foreach (var entry in one.Journal.History) _results[entry.End] = _results.GetValueOrDefault(entry.End) + 1;
            foreach (var kind in Enum.GetValues<StepKind>()) _kinds[kind] = _kinds.GetValueOrDefault(kind) + one.Cluster.Count(kind);
        }
    }
}
