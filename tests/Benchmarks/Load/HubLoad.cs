using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.Benchmarks.Load;

/// <summary>
/// Browsers in numbers against the built program: how long from an INVITE to the "ringing" event, from one user's change to everybody's lamp, and what an idle
/// connection costs. Every client is a real WebSocket with a sign-in of its user.
/// </summary>
internal static class HubLoad
{
    private const int FirstExtension = 1000;
    private const int PresenceRounds = 10;

    public static async Task<int> Run(string[] args)
    {
        var (users, clients, rate, seconds, idle) = (Option(args, "--users", 250), Option(args, "--clients", 1000), Option(args, "--rate", 50), Option(args, "--seconds", 20), Option(args, "--idle", 5000));
        await using var server = await LoadServer.Start(users + 1, FirstExtension);
        var signIns = new WebClient[users];
        for (var i = 0; i < users; i++)
        {
            signIns[i] = new WebClient(server.Web);
            (await signIns[i].SignIn($"{FirstExtension + i}@load.example", $"pass-{FirstExtension + i}")).EnsureSuccessStatusCode();
        }
        var rings = new RingClock();
        var hubs = new List<HubClient>();
        for (var i = 0; i < clients; i++)
            hubs.Add(await Open(signIns[i % users], rings));
        Console.WriteLine($"{clients} clients of {users} users are attached");
        await Presence(hubs, rings);
        await Rings(server, rings, users, rate, seconds);
        await Idle(server, signIns, hubs, idle, seconds);
        return 0;
    }

    private static async Task<HubClient> Open(WebClient client, RingClock rings)
    {
        HubClient? hub = null;
        hub = new HubClient { OnMessage = message => rings.Hear(hub!, message) };
        await hub.Connect(client.Server, client.Cookie);
        await hub.Do("Attach", new AttachRequest(NewId(), NewId(), true, 0, "load"));
        return hub;
    }

    private static async Task Presence(List<HubClient> hubs, RingClock rings)
    {
        foreach (var hub in hubs)
            await hub.Do("WatchPresence", (object)new[] { $"{FirstExtension}" });
        var slowest = new List<double>();
        for (var round = 0; round < PresenceRounds; round++)
        {
            var on = round % 2 == 0;
            var all = rings.AwaitPresence(hubs.Count, on);
            var since = Stopwatch.GetTimestamp();
            await hubs[0].Do("SetDoNotDisturb", on);
            await all.WaitAsync(TimeSpan.FromSeconds(30));
            slowest.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }
        Print($"presence of one user to {hubs.Count} browsers, the last of them", slowest);
    }

    private static async Task Rings(LoadServer server, RingClock rings, int users, int rate, int seconds)
    {
        using var caller = new SipCaller(server.Sip, $"{FirstExtension + users}", "load.example");
        await caller.Begin();
        var total = rate * seconds;
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < total; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate) - clock.Elapsed;
            if (due > TimeSpan.Zero)
                await Task.Delay(due);
            var callee = $"{FirstExtension + i % users}";
            rings.Called(callee);
            await caller.Call(callee);
        }
        await Task.Delay(TimeSpan.FromSeconds(2));
        Console.WriteLine($"{total} calls at {rate}/s, {rings.Times.Count} rung");
        Print("INVITE to the first \"ringing\" event", rings.Times);
    }

    private static async Task Idle(LoadServer server, WebClient[] signIns, List<HubClient> hubs, int idle, int seconds)
    {
        var (before, count) = (server.ResidentBytes(), hubs.Count);
        var ignored = new RingClock();
        while (hubs.Count < idle)
            hubs.Add(await Open(signIns[hubs.Count % signIns.Length], ignored));
        await Task.Delay(TimeSpan.FromSeconds(2));
        var held = hubs.Count(hub => !hub.Over.IsCompleted);
        Console.WriteLine($"{held} connections held; {(server.ResidentBytes() - before) / Math.Max(1, hubs.Count - count)} bytes of resident memory for each of the last {hubs.Count - count}");
        await Heartbeats(server, hubs, seconds, "");
        await Heartbeats(server, hubs, seconds, ", then");
        foreach (var hub in hubs)
            await hub.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));
        var (used, clock) = (server.CpuTime(), Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"without any: {(server.CpuTime() - used) / clock.Elapsed:P1} of a core"));
    }

    /// <summary>Each connection says that it is there as often as a page does, evenly spread, is told so by the server, and answers its pings as a browser does.</summary>
    private static async Task Heartbeats(LoadServer server, List<HubClient> hubs, int seconds, string when)
    {
        var (used, clock) = (server.CpuTime(), Stopwatch.StartNew());
        for (var said = 0; clock.Elapsed.TotalSeconds < seconds;)
        {
            var due = clock.Elapsed.TotalMilliseconds / HubLimits.PageHeartbeatMs * hubs.Count;
            for (; said < due; said++)
                await hubs[said % hubs.Count].SendPing();
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hubs.Count} idle connections{when} for {seconds} s: {(server.CpuTime() - used) / clock.Elapsed:P1} of a core"));
    }

    private static void Print(string what, IReadOnlyCollection<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        if (sorted.Length == 0)
            return;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: median {sorted[sorted.Length / 2]:F1} ms, 99 % {sorted[(int)(sorted.Length * 0.99)]:F1} ms, most {sorted[^1]:F1} ms ({sorted.Length})"));
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static int Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}

/// <summary>Takes the time of what all clients hear. Safe from any thread.</summary>
internal sealed class RingClock
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _called = [];
    private readonly List<double> _times = [];
    private TaskCompletionSource? _presence;
    private int _missing;
    private bool _awaited;

    public IReadOnlyCollection<double> Times
    {
        get
        {
            lock (_gate)
                return [.. _times];
        }
    }

    /// <summary>The INVITE to the extension goes out now.</summary>
    public void Called(string callee)
    {
        lock (_gate)
            _called[callee] = Stopwatch.GetTimestamp();
    }

    public Task AwaitPresence(int clients, bool doNotDisturb)
    {
        lock (_gate)
        {
            (_missing, _awaited) = (clients, doNotDisturb);
            _presence = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _presence.Task;
        }
    }

    public void Hear(HubClient hub, HubMessage message)
    {
        if (message.Method == "PresenceChanged")
            HearPresence(message);
        else if (message.Method == "Ringing")
            _ = hub.Do("RingReceived", message.Argument.GetProperty("leg").GetString());
        else if (message.Method == "CallChanged")
            HearCall(message);
    }

    /// <summary>Clients are told of the call and of the ring together; the call says whose it is.</summary>
    private void HearCall(HubMessage message)
    {
        if (message.Argument.GetProperty("phase").GetString() != "ringing" || !message.Argument.GetProperty("here").GetBoolean())
            return;
        lock (_gate)
        {
            if (_called.Remove(message.Argument.GetProperty("dialled").GetString()!, out var since))
                _times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }
    }

    private void HearPresence(HubMessage message)
    {
        lock (_gate)
        {
            foreach (var entry in message.Argument.EnumerateArray())
            {
                if (entry.GetProperty("doNotDisturb").GetBoolean() == _awaited && --_missing == 0)
                    _presence?.TrySetResult();
            }
        }
    }
}
