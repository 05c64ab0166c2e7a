using System.Diagnostics;
using System.Globalization;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.Benchmarks.Load;

/// <summary>
/// Phones in numbers that watch one user, against the built program: how long until the last of them is told of a change, how many NOTIFY requests a second it
/// keeps up and what each costs, what a storm of refreshes does, and what an idle subscription takes.
/// </summary>
internal static class LampsLoad
{
    private const int FirstExtension = 1000;
    private const int OfOnePhone = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> Run(string[] args)
    {
        var (lamps, rounds, seconds, idle) = (Option(args, "--lamps", 1000), Option(args, "--rounds", 20), Option(args, "--seconds", 15), Option(args, "--idle", 20_000));
        var phones = Math.Max(lamps, idle) / OfOnePhone;
        await using var server = await LoadServer.Start(phones + 1, FirstExtension);
        var client = new WebClient(server.Web);
        (await client.SignIn($"{FirstExtension}@load.example", $"pass-{FirstExtension}")).EnsureSuccessStatusCode();
        await using var hub = new HubClient();
        await hub.Connect(server.Web, client.Cookie);
        await hub.Do("Attach", new AttachRequest(Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()), Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()), true, 0, "load"));
        var told = new LampClock();
        var all = new List<LampPhone>();
        await Subscribe(server, all, lamps, told);
        Console.WriteLine($"{lamps} dialog-info subscriptions of {all.Count} phones to one user");
        await Latency(hub, told, lamps, rounds);
        await Sustained(server, hub, told, lamps, seconds);
        await Storm(server, all, lamps, told);
        await Idle(server, all, lamps, idle, told);
        foreach (var phone in all)
            phone.Dispose();
        return 0;
    }

    private static async Task Subscribe(LoadServer server, List<LampPhone> all, int until, LampClock told)
    {
        var first = all.Count * OfOnePhone;
        for (var at = first; at < until; at += OfOnePhone)
        {
            var phone = new LampPhone(server.Sip, $"{FirstExtension + 1 + all.Count}", "load.example", told);
            all.Add(phone);
            var expected = told.Count + Math.Min(OfOnePhone, until - at);
            for (var i = at; i < Math.Min(at + OfOnePhone, until); i++)
                await phone.Subscribe($"*76{FirstExtension}");
            await told.Reach(expected).WaitAsync(Patience);
        }
    }

    private static async Task Latency(HubClient hub, LampClock told, int lamps, int rounds)
    {
        var slowest = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var reached = told.Reach(told.Count + lamps);
            var since = Stopwatch.GetTimestamp();
            await hub.Do("SetDoNotDisturb", round % 2 == 0);
            await reached.WaitAsync(Patience);
            slowest.Add(Stopwatch.GetElapsedTime(since, told.LastAt).TotalMilliseconds);
            await Task.Delay(200);
        }
        slowest.Sort();
        Print($"from a user's change to the last of {lamps} NOTIFY: median {slowest[slowest.Count / 2]:F0} ms, most {slowest[^1]:F0} ms ({rounds})");
    }

    private static async Task Sustained(LoadServer server, HubClient hub, LampClock told, int lamps, int seconds)
    {
        var (count, cpu, clock) = (told.Count, server.CpuTime(), Stopwatch.StartNew());
        // Five changes a second: between two of them the lamps rest.
        var changes = seconds * 5;
        for (var i = 0; i < changes; i++)
        {
            var due = TimeSpan.FromMilliseconds(i * 200) - clock.Elapsed;
            if (due > TimeSpan.Zero)
                await Task.Delay(due);
            await hub.Do("SetDoNotDisturb", i % 2 == 0);
        }
        await told.Reach(count + (changes * lamps)).WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var (sent, took, used) = (told.Count - count, clock.Elapsed, server.CpuTime() - cpu);
        Print($"{sent} NOTIFY of {changes * lamps} in {took.TotalSeconds:F1} s: {sent / took.TotalSeconds:F0}/s, {used.TotalMicroseconds / Math.Max(1, sent):F0} µs of CPU each, {used / took * 100:F0} % of a core");
    }

    private static async Task Storm(LoadServer server, List<LampPhone> all, int lamps, LampClock told)
    {
        var (count, cpu, clock) = (told.Count, server.CpuTime(), Stopwatch.StartNew());
        foreach (var phone in all)
            await phone.RefreshAll();
        await told.Reach(count + lamps).WaitAsync(Patience);
        Print($"{lamps} refreshes at once are all answered and told after {clock.Elapsed.TotalMilliseconds:F0} ms, {(server.CpuTime() - cpu).TotalMicroseconds / lamps:F0} µs of CPU each");
    }

    private static async Task Idle(LoadServer server, List<LampPhone> all, int lamps, int idle, LampClock told)
    {
        if (idle <= lamps)
            return;
        var before = server.ResidentBytes();
        await Subscribe(server, all, idle, told);
        // The transactions of their NOTIFY requests wait for repeats first.
        await Task.Delay(TimeSpan.FromSeconds(40));
        Print($"{(server.ResidentBytes() - before) / (idle - lamps)} bytes of resident memory for each of {idle - lamps} further subscriptions");
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}

/// <summary>Counts NOTIFY requests. Safe from any thread.</summary>
internal sealed class LampClock
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _reached;
    private int _target;

    public int Count { get; private set; }

    /// <summary>When the last one came.</summary>
    public long LastAt { get; private set; }

    public Task Reach(int count)
    {
        lock (_gate)
        {
            _target = count;
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Count >= count)
                _reached.SetResult();
            return _reached.Task;
        }
    }

    public void Told()
    {
        lock (_gate)
        {
            Count++;
            LastAt = Stopwatch.GetTimestamp();
            if (Count == _target)
                _reached?.TrySetResult();
        }
    }
}
