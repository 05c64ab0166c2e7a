using System.Collections.Concurrent;
using System.Net;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests.Harness.Load;

/// <summary>Phones with two flows on all silos, of which some call others at a steady rate, and some talk on.</summary>
public sealed class ClusterLoad : IDisposable
{
    /// <summary>How many phones of each silo are called by the load.</summary>
    private const int Callees = 30;

    /// <summary>Where the callers of the load begin among a silo's hundred users, and those who talk on.</summary>
    private const int FirstCaller = 50;
    private const int FirstTalking = 80;
    private const int FirstTalkedTo = Callees;
    private const int Talking = 12;

    private readonly SiloCluster _cluster;
    private readonly PhoneSocket[] _sockets = [.. Enumerable.Range(0, SiloCluster.Silos).Select(_ => new PhoneSocket())];
    private readonly ConcurrentDictionary<int, FlowPhone> _phones = new();
    private readonly ConcurrentBag<(int From, int To, CallOutcome Outcome)> _outcomes = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly int[] _talking = new int[SiloCluster.Silos];
    private readonly int[] _talkedTo = new int[SiloCluster.Silos];
    private Task _running = Task.CompletedTask;

    private ClusterLoad(SiloCluster cluster) => _cluster = cluster;

    /// <summary>Calls that are over, with the silos of the caller's and the callee's first flow.</summary>
    public IReadOnlyCollection<(int From, int To, CallOutcome Outcome)> Outcomes => _outcomes;

    /// <summary>Registers everyone who is to be called.</summary>
    public static async Task<ClusterLoad> RegisteredAsync(SiloCluster cluster)
    {
        var load = new ClusterLoad(cluster);
        for (var silo = 0; silo < SiloCluster.Silos; silo++)
        {
            foreach (var some in Enumerable.Range(0, Callees + Talking).Select(number => load.Phone(silo, number)).Chunk(10)) await Task.WhenAll(some.Select(phone => phone.RegisterAsync()));
        }

        return load;
    }

    /// <summary>Begins to call at this rate, by turns along these routes, each as often as it is listed.</summary>
    public void Start(int perSecond, params (int From, int To)[] routes) => _running = RunAsync(perSecond, routes);

    /// <summary>Calls no more, and waits for those that are on.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>A conversation between phones that the load leaves alone.</summary>
    public Task<LongCall> TalkAsync(int from, int to) => LongCall.BeginAsync(Phone(from, FirstTalking + _talking[from]++), TalkedTo(to));

    /// <summary>A registered phone of a silo that the load leaves alone.</summary>
    public FlowPhone TalkedTo(int silo) => Phone(silo, FirstTalkedTo + _talkedTo[silo]++);

    /// <summary>One that is not registered, to call from.</summary>
    public FlowPhone Caller(int silo) => Phone(silo, FirstTalking + _talking[silo]++);

    /// <summary>Registers phones of these silos again and again, and returns how many could and how many could not once <paramref name="stop"/> says so.</summary>
    public async Task<(int Done, string[] Failed)> RegisterAgainAsync(int perSecond, CancellationToken stop, params int[] silos)
    {
        var results = new List<Task<(int Silo, int Status)>>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1) / perSecond);
        for (var turn = 0; await NextAsync(timer, stop); turn++)
        {
            var silo = silos[turn % silos.Length];
            results.Add(RegisterAsync(silo, Phone(silo, FirstTalking + Talking + turn / silos.Length % 8)));
        }

        var statuses = await Task.WhenAll(results);
        return (statuses.Count(result => result.Status == 200), [.. statuses.Where(result => result.Status != 200).Select(result => $"silo {result.Silo}: {result.Status}")]);
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var socket in _sockets) socket.Dispose();
        _stop.Dispose();
    }

    private async Task<(int Silo, int Status)> RegisterAsync(int silo, FlowPhone phone) => (silo, await phone.RegisterAsync(SipOf(silo), 1));

    private async Task RunAsync(int perSecond, (int From, int To)[] routes)
    {
        var calls = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1) / perSecond);
        for (var turn = 0; await NextAsync(timer, _stop.Token); turn++)
        {
            var (from, to) = routes[turn % routes.Length];
            calls.Add(CallAsync(from, to, turn));
        }

        await Task.WhenAll(calls);
    }

    private async Task CallAsync(int from, int to, int turn)
    {
        var (caller, callee) = (Phone(from, FirstCaller + turn % Callees), Phone(to, turn % Callees));
        _outcomes.Add((from, to, await caller.CallAsync(callee.Extension, TimeSpan.FromSeconds(1))));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private FlowPhone Phone(int silo, int number) => _phones.GetOrAdd(100 * silo + number, _ =>
    {
        var user = SiloCluster.FirstLoadUser + 100 * silo + number;
        return new FlowPhone(_sockets[silo], SiloCluster.Domain, $"{user}", $"load-{user}", SipOf(silo), SipOf((silo + 1) % SiloCluster.Silos));
    });

    private IPEndPoint SipOf(int silo) => new(IPAddress.Parse(_cluster[silo].Address), _cluster[silo].SipPort);
}
