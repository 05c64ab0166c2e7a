using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Simulation;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Recordings;
using Webphone.Grains.Rooms;
using Webphone.Grains.Tenants;
using Webphone.Grains.Tests.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>A small company for a few minutes: phones, people, a few nodes, and whatever goes wrong. One seed decides all of it.</summary>
internal sealed class SimWorld : IDisposable
{
    public static readonly MediaCodec Codec = new("PCMU", 8000);

    private static readonly string[] Extensions = ["101", "102", "103", "104", "105", "106"];
    private static readonly string[] Places = ["*38", "*38", "99950", "99950", "701", "702"];
    private static readonly string[] Outside = ["0441", "0441", "+494412345"];
    private static readonly string[] Inbound = ["+4930102", "+4930102", "+4930102", "+493043", "+493099907", "+493076", "+49300"];
    private static readonly string[] Dialled = [.. Extensions, .. Extensions, .. Extensions, .. Outside, "1-0-2", "*43", "*43", "*76", "", "101;x=\0", .. Places, "**102", "**104", "*8", "*11", "*11", "*9102", "*9103", "*68", "*68"];
    private static readonly string[] Targets = [.. Extensions, .. Extensions, .. Outside, "*43", "1-0-2", "", .. Places, "*68", "*68", "*68", "**101"];

    private readonly SimulationOptions _options;
    private readonly FakeDirectory _directory = new(Extensions);
    private readonly List<SimLeg> _legs = [];
    private readonly List<SimCall> _calls = [];
    private readonly SimChecks _checks;
    private readonly Dictionary<string, int> _devices = [];
    private readonly Dictionary<string, DateTimeOffset> _missingSince = [];
    private readonly List<(string Node, DateTimeOffset At)> _troubles = [];
    private readonly List<Task> _repairs = [];
    private SimNode[] _nodes = [];
    private int _next;

    public SimWorld(int seed, Faults faults, string file, string member)
    {
        Faults = faults;
        _options = new SimulationOptions
        {
            Seed = seed,
            Silos = faults.Silos,
            Assemblies = { typeof(CallGrain).Assembly },
            Storages = [GrainServices.Storage],
            // Calls are exact only while nodes are known: a node's grain lives where the node does, and goes with it.
            Spare = grain => Faults.AreMild && grain.Type.ToString() == "node",
            ConfigureServices = services => services
                .AddSingleton<IDirectory>(_directory)
                .AddSingleton<ICallJournal>(JournalOf)
                .AddSingleton(services => new LocalNode(IsCluster ? services.GetRequiredService<SimulatedSilo>().Name : "", HasMedia: IsCluster))
                .AddSingleton<NodeBook>()
                .AddSingleton<IHistoryStore>(Journal)
                .AddSingleton<ILoggerProvider>(new SimLog(this)),
        };
        Cluster = new SimulatedCluster(_options, file, member) { AfterCrash = Restarted, AfterSiloChange = SiloChanged };
        _checks = new SimChecks(this);
        Recorder = new SimRecorder(this);
        _directory.Recording = Policy(seed);
        Cluster.AfterStep = _checks.AfterStep;
    }

    public SimulatedCluster Cluster { get; }

    public Faults Faults { get; }

    public SimJournal Journal { get; } = new();

    public SimMedia Media { get; } = new();

    public SimRecorder Recorder { get; }

    public SimWatcher Watcher { get; private set; } = null!;

    public DateTimeOffset Now => Cluster.Time.GetUtcNow();

    public IReadOnlyList<SimLeg> LiveLegs => _legs;

    public IReadOnlyList<SimCall> Calls => _calls;

    public IEnumerable<SimNode> Nodes => _nodes;

    public bool IsCluster => Faults.Silos > 1;

    /// <summary>Its heartbeat is old: others look after its calls.</summary>
    public bool IsMissed(string node) => _missingSince.TryGetValue(node, out var since) && Now - since > TimeSpan.FromSeconds(6);

    /// <summary>The node died, stopped or came back around then.</summary>
    public bool WasInTrouble(string node, DateTimeOffset from, DateTimeOffset to) => _troubles.Exists(trouble => trouble.Node == node && trouble.At >= from && trouble.At <= to);

    public static IEnumerable<string> UserKeys => Extensions.Select(extension => UserKey.Of(FakeDirectory.Tenant, extension));

    /// <summary>Has them make so many calls, then lets the world come to rest and looks whether all is as it should be.</summary>
    public void Run(int calls)
    {
        Boot();
        Cluster.Run(RegisterAll, TimeSpan.FromHours(1));
        Faults.Begin(_options);
        Cluster.Run(() => Work(calls), TimeSpan.FromHours(12));
        Faults.End(_options);
        // Longer than people talk, phones beat, users sweep and edges report again.
        Cluster.RunFor(TimeSpan.FromMinutes(12));
        Cluster.Run(_checks.AtRest, TimeSpan.FromHours(1));
    }

    /// <summary>Has phones of their own play a scene, one of each user on a node of their own, then lets the world come to rest.</summary>
    public void Play(Func<Task> scene)
    {
        Boot();
        Cluster.Run(RegisterOneEach, TimeSpan.FromHours(1));
        Cluster.Run(scene, TimeSpan.FromHours(1));
        Cluster.RunFor(TimeSpan.FromMinutes(12));
        Cluster.Run(_checks.AtRest, TimeSpan.FromHours(1));
    }

    /// <summary>Where the organisation records all calls, where users do as they like, and where some calls are and some may not be.</summary>
    private static RecordingPolicy Policy(int seed) => RecordingPolicy.Default with
    {
        Modes = ((uint)seed / 2 % 3) switch
        {
            0 => new RecordingModes(RecordingWhen.Always, RecordingWhen.Always, RecordingWhen.Always),
            1 => RecordingModes.OnDemand,
            _ => new RecordingModes(RecordingWhen.OnDemand, RecordingWhen.Never, RecordingWhen.Always),
        },
    };

    /// <summary>What phones do that are rung, where it is not left to chance.</summary>
    public Func<SimLeg, Task>? Rung { get; init; }

    /// <summary>A phone dials; the call goes on by itself.</summary>
    public async Task<SimLeg> Dial(SimNode node, string extension, string dialled)
    {
        var key = $"{FakeDirectory.Tenant}/c{++_next}";
        var leg = node.Add(new LegId($"leg{_next}"), key, extension, isCaller: true);
        _calls.Add(new SimCall(key, leg, extension, NumberingPlan.Resolve(dialled, FakeDirectory.Tenant, _directory)) { Moved = true });
        _ = Start(leg.Beat);
        await Begin(node, new StartCall(leg.Id, node.Name, FakeDirectory.Tenant, extension, $"{extension}-1", dialled, leg.Endpoint, ImmutableArray.Create(Codec)), key);
        return leg;
    }

    public void Demand(bool holds, string what)
    {
        if (!holds) throw Cluster.Failure(what, null);
    }

    public bool Chance(double chance) => Cluster.Random.NextDouble() < chance;

    public T Pick<T>(params ReadOnlySpan<T> all) => all[Cluster.Random.Next(all.Length)];

    public Task Delay(TimeSpan span) => Cluster.Delay(span);

    public ICallGrain CallOf(string callKey) => Cluster.Grains.GetGrain<ICallGrain>(callKey);

    public IUserGrain UserOf(string userKey) => Cluster.Grains.GetGrain<IUserGrain>(userKey);

    /// <summary>Starts what runs on its own; what it throws fails the run.</summary>
    public Task Start(Func<Task> work) => Cluster.Start(async () =>
    {
        try
        {
            await work();
        }
        catch (Exception error)
        {
            _checks.Broken ??= error;
        }
    });

    /// <summary>Null when it did not come to an answer in time.</summary>
    public async Task<T?> Try<T>(Func<Task<T>> call) where T : class
    {
        try
        {
            return await call().WaitAsync(EdgeLimits.CommandTimeout, Cluster.Time);
        }
        catch (Exception error) when (IsOfTheNetwork(error))
        {
            return null;
        }
    }

    public async Task<bool?> Try(Func<Task<bool>> call)
    {
        try
        {
            return await call().WaitAsync(EdgeLimits.CommandTimeout, Cluster.Time);
        }
        catch (Exception error) when (IsOfTheNetwork(error))
        {
            return null;
        }
    }

    public async Task<bool> Try(Func<Task> call)
    {
        try
        {
            await call().WaitAsync(EdgeLimits.CommandTimeout, Cluster.Time);
            return true;
        }
        catch (Exception error) when (IsOfTheNetwork(error))
        {
            return false;
        }
    }

    /// <summary>A process that crashes, an observer that is dead and a call that is lost look alike from here; where there are no faults, there are none.</summary>
    public bool IsOfTheNetwork(Exception error) =>
        !Faults.AreNone && error is TimeoutException or Orleans.Runtime.OrleansException or ObjectDisposedException or OperationCanceledException;

    public static bool IsReachable(Binding binding) => !binding.Flow.StartsWith("broken", StringComparison.Ordinal);

    public void LegMade(SimLeg leg) => _legs.Add(leg);

    public void LegOver(SimLeg leg)
    {
        _legs.Remove(leg);
        _calls.Find(call => call.Key == leg.CallKey)?.Legs.Add(leg);
    }

    public void Dispose() => Cluster.Dispose();

    private void Boot()
    {
        var silos = Cluster.Silos;
        _nodes = IsCluster
            ? [.. silos.Select(silo => new SimNode(this, silo, silo.Name))]
            : [new SimNode(this, silos[0], "n1"), new SimNode(this, silos[0], "n2")];
        foreach (var node in _nodes) _ = Start(node.Live);
        Watch(silos[0]);
        foreach (var silo in silos) StartSweeps(silo);
    }

    private void Watch(SimulatedSilo silo)
    {
        var watcher = Watcher = new SimWatcher(this, silo);
        _ = Start(() => watcher.Live(UserKeys));
    }

    private ICallJournal JournalOf(IServiceProvider services) =>
        IsCluster ? new SimSiloJournal(this, services.GetRequiredService<SimulatedSilo>()) : Journal;

    /// <summary>A process has died, or stands still, or is back: what is its own has the same fate.</summary>
    private void SiloChanged(SimulatedSilo silo, StepKind change)
    {
        _troubles.Add((silo.Name, Now));
        switch (change)
        {
            case StepKind.SiloPaused:
                _missingSince[silo.Name] = Now;
                break;
            case StepKind.SiloResumed:
                _missingSince.Remove(silo.Name);
                break;
            case StepKind.SiloKilled:
                _missingSince.TryAdd(silo.Name, Now);
                foreach (var node in _nodes.Where(node => node.Silo == silo)) node.Die(withProcess: true);
                if (Watcher.Silo != silo) break;
                Watcher.IsGone = true;
                // Where none runs, the one that only stands still goes on later.
                Watch(Cluster.Silos.OrderBy(other => other.State).First(other => other != silo));
                break;
            case StepKind.SiloStarted:
                _missingSince.Remove(silo.Name);
                var back = new SimNode(this, silo, silo.Name);
                _nodes = [.. _nodes.Select(node => node.Silo == silo ? back : node)];
                _ = Start(back.Live);
                StartSweeps(silo);
                break;
        }
    }

    /// <summary>The process died with all in it; another has started on the same store.</summary>
    private void Restarted()
    {
        foreach (var node in _nodes) node.Die(withProcess: true);
        foreach (var node in _nodes) _troubles.Add((node.Name, Now));
        _missingSince.Clear();
        Watcher.IsGone = true;
        Journal.CloseInterrupted(Now);
        foreach (var call in _calls) call.Crashed |= !call.IsSettled(this);
        Boot();
    }

    /// <summary>What the host does all the time.</summary>
    private void StartSweeps(SimulatedSilo silo)
    {
        var process = silo.Services;
        var sweep = new LiveCallSweep(
            silo.Grains, _directory, process.GetRequiredService<ICallJournal>(), Cluster.Time, process.GetRequiredService<ILogger<LiveCallSweep>>());
        _ = Start(() => Repeat(sweep.Once, LiveCallSweep.Every));
        if (!IsCluster) return;
        _ = Start(() => Repeat(sweep.WakeOrphans, LiveCallSweep.OrphansEvery));
        var gone = new HashSet<string>();
        _ = Start(() => Repeat(LookForLosses, TimeSpan.FromSeconds(1)));

        Task LookForLosses()
        {
            foreach (var other in Cluster.Silos.Where(other => other != silo))
            {
                if (other.State != SimulatedSiloState.Dead && !other.IsEvicted) gone.Remove(other.Name);
                else if (gone.Add(other.Name)) _ = Start(() => sweep.NodeGone(other.Name));
            }

            return Task.CompletedTask;
        }

        async Task Repeat(Func<Task> once, TimeSpan every)
        {
            while (true)
            {
                await Delay(every);
                if (!ReferenceEquals(process, silo.Services) || silo.State == SimulatedSiloState.Dead) return;
                if (silo.State == SimulatedSiloState.Running) await once();
            }
        }
    }

    private async Task RegisterAll()
    {
        foreach (var extension in Extensions)
        {
            _devices[extension] = extension == "106" ? 0 : Cluster.Random.Next(1, 4);
            var devices = Enumerable.Range(1, _devices[extension]).Select(number => Device(extension, number));
            await UserOf(UserKey.Of(FakeDirectory.Tenant, extension)).Register(new RegisterBindings([.. devices], [], false, "reg", 1));
            await UserOf(UserKey.Of(FakeDirectory.Tenant, extension)).SetCallSettings(new CallSettings(TimeSpan.FromSeconds(Pick(0, 10, 10, 15)), []));
        }
    }

    private async Task RegisterOneEach()
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            var extension = Extensions[i];
            var device = new Binding($"{extension}-1", $"sip:{extension}@192.0.2.1", _nodes[i].Name, "udp", [], "", 0, TimeSpan.FromDays(1), DateTimeOffset.MinValue, "sim");
            await UserOf(UserKey.Of(FakeDirectory.Tenant, extension)).Register(new RegisterBindings([device], [], false, "reg", 1));
        }
    }

    private Binding Device(string extension, int number) => new(
        $"{extension}-{number}", $"sip:{extension}@192.0.2.{number}", Pick<SimNode>(_nodes).Name, Chance(0.05) ? "broken" : "udp", [],
        "", 0, TimeSpan.FromDays(1), DateTimeOffset.MinValue, "sim", number > 1 && HasFlows(extension) ? $"phone-{extension}" : "");

    /// <summary>What is registered as its second and third device is one phone with two flows.</summary>
    private static bool HasFlows(string extension) => extension[^1] % 2 == 0;

    private async Task Work(int calls)
    {
        var making = new List<Task>();
        for (var i = 0; i < calls; i++)
        {
            await Delay(TimeSpan.FromSeconds(Pick(0, 0, 0.5, 3, 10)));
            making.Add(Start(MakeCall));
            if (Chance(0.1)) _ = Start(Mischief);
            if (Chance(Faults.NodeDeath)) _ = Start(LoseNode);
            if (Chance(Faults.SiloDeath)) _repairs.Add(Start(LoseSilo));
            if (Chance(Faults.SiloPause)) _repairs.Add(Start(PauseSilo));
        }

        await Task.WhenAll(making);
        await Task.WhenAll(_repairs);
    }

    /// <summary>How many transfers came to what.</summary>
    public Dictionary<string, int> Transfers { get; } = [];

    /// <summary>Somebody who asked for a move was told what came of it.</summary>
    public bool HeardOfOutcome => Transfers.Keys.Any(what => what.Contains(nameof(TransferPhase.Done), StringComparison.Ordinal) || what.Contains(nameof(TransferPhase.Failed), StringComparison.Ordinal));

    public void Told(TransferNews news)
    {
        var what = $"{(news.RequestId[0] switch { 'a' => "attended", 'i' => "invitation", 'm' => "merge", 's' => "switch", _ => "blind" })} {news.Phase}{(news.Place.Length == 0 ? "" : news.Place.Length == 5 ? " into a room" : " into a slot")}";
        Count(what);
    }

    public void Count(string what) => Transfers[what] = Transfers.GetValueOrDefault(what) + 1;

    /// <summary>Blind, or attended by one who has two calls.</summary>
    public void Transfer(SimLeg leg)
    {
        if (leg.State != SimLegState.Answered) return;
        if (Chance(0.2))
        {
            Merge(leg);
            return;
        }

        var other = Chance(0.6) ? _legs.Find(other => other.Extension == leg.Extension && other.State == SimLegState.Answered && other.CallKey != leg.CallKey) : null;
        Touch(leg);
        if (other is not null) Touch(other);
        leg.Send(new TransferRequest($"{(other is null ? 'b' : 'a')}{++_next}", leg.Id, other is null ? Pick(Targets) : "", other is null ? null : new Consultation(other.CallKey, other.Id)));
    }

    /// <summary>In a conference: asks for somebody to be called in, and may think better of it.</summary>
    public async Task Invite(SimLeg leg)
    {
        if (Journal.Find(leg.CallKey) is not { Stage: CallStage.InRoom, Room.Number: { } number } || leg.State != SimLegState.Answered) return;
        leg.Send(new TransferRequest($"i{++_next}", leg.Id, Chance(0.15) ? Pick(Outside) : Pick(Extensions), null));
        if (!Chance(0.3)) return;
        await Delay(TimeSpan.FromSeconds(Cluster.Random.Next(1, 12)));
        var room = Cluster.Grains.GetGrain<IRoomGrain>(UserKey.Of(FakeDirectory.Tenant, number));
        await Try(async () =>
        {
            foreach (var invitee in (await room.GetView()).Invitees.Where(invitee => invitee.By.Number == leg.Extension))
            {
                if (await room.Kick(leg.Extension, invitee.Leg) == CallEnd.None) Count("taken back");
            }
        });
    }

    /// <summary>Wants to go on with another device.</summary>
    public void Switch(SimLeg leg)
    {
        if (leg.State != SimLegState.Answered) return;
        Touch(leg);
        leg.Send(new TransferRequest($"s{++_next}", leg.Id, $"{leg.Extension}-{Math.Max(_devices[leg.Extension] - Cluster.Random.Next(2), 1)}", null, MoveKind.Switch));
    }

    /// <summary>Makes a conference, with the far side of their other call where they have one.</summary>
    private void Merge(SimLeg leg)
    {
        var other = _legs.Find(other => other.Extension == leg.Extension && other.State == SimLegState.Answered && other.CallKey != leg.CallKey);
        Touch(leg);
        if (other is not null) Touch(other);
        leg.Send(new TransferRequest($"m{++_next}", leg.Id, "", other is null ? null : new Consultation(other.CallKey, other.Id), MoveKind.Merge));
    }

    private void Touch(SimLeg leg) => Touch(leg.CallKey);

    public void Touch(string callKey)
    {
        if (_calls.Find(call => call.Key == callKey) is { } call) call.Moved = true;
    }

    private async Task MakeCall()
    {
        var node = Pick(_nodes);
        if (node.IsDead || !node.Serves) return;
        var comesIn = Chance(0.1);
        var (extension, dialled) = comesIn ? (Outsider.Extension, Pick(Inbound)) : (Pick(Extensions), Pick(Dialled));
        var key = $"{FakeDirectory.Tenant}/c{++_next}";
        var leg = node.Add(new LegId($"leg{_next}"), key, extension, isCaller: true);
        var destination = comesIn ? NumberingPlan.ResolveInbound(dialled, "out", FakeDirectory.Tenant, _directory) : NumberingPlan.Resolve(dialled, FakeDirectory.Tenant, _directory);
        var call = new SimCall(key, leg, extension, destination);
        _calls.Add(call);
        var request = new StartCall(
            leg.Id, node.Name, FakeDirectory.Tenant, extension, $"{extension}-1", dialled, leg.Endpoint, ImmutableArray.Create(Codec),
            Outside: comesIn ? new OutsideCaller("out", new Party("+494400", "")) : null);
        if (await Begin(node, request, key)) await SimPerson.Calls(this, leg);
        else leg.Leave(CallEnd.Failed);
    }

    /// <summary>An edge says again what was not taken.</summary>
    private async Task<bool> Begin(SimNode node, StartCall request, string key)
    {
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            if (await Try(() => node.CallOf(key).Start(request with { Again = attempt > 1 }))) return true;
        }

        return false;
    }

    /// <summary>What strangers and operators do.</summary>
    private async Task Mischief()
    {
        var call = _calls[Cluster.Random.Next(_calls.Count)];
        switch (Cluster.Random.Next(6))
        {
            case 0:
                var owned = await Try(() => CallOf(call.Key).Report(new LegAnswered(new LegId("stranger"), new EndpointId(_nodes[0].Name, -1), Codec)));
                Demand(owned is not { IsTaken: true }, "a call took a stranger's leg");
                break;
            case 1:
                Demand(await Try(() => CallOf("acme/no-such-call").Report(new LegHeld(call.Caller.Id))) is not { IsTaken: true }, "a call that is not took a report");
                break;
            case 2:
                await Try(() => CallOf(call.Key).HangUp(CallEnd.ServerStopped));
                call.HungUp = true;
                break;
            case 3:
                await Try(() => UserOf(UserKey.Of(FakeDirectory.Tenant, call.Extension.Length > 0 ? call.Extension : "101")).ToggleDoNotDisturb());
                break;
            case 4:
                await Try(() => Cluster.Grains.GetGrain<ITenantGrain>(FakeDirectory.Tenant).GetUsers(0, 500));
                break;
            default:
                await Try(() => UserOf("acme/999").Register(new RegisterBindings([Device("999", 1)], [], false, "x", 1)));
                break;
        }
    }

    private async Task LoseNode()
    {
        var index = Cluster.Random.Next(_nodes.Length);
        if (_nodes[index].IsDead) return;
        _nodes[index].Die(withProcess: false);
        var name = _nodes[index].Name;
        await Delay(TimeSpan.FromSeconds(Cluster.Random.Next(60)));
        // A crash of the process may have brought it back meanwhile.
        if (!_nodes[index].IsDead) return;
        var node = _nodes[index] = new SimNode(this, Cluster.Silos[0], name);
        _ = Start(node.Live);
    }

    /// <summary>A silo is killed, and started again a while later; never the last one.</summary>
    private async Task LoseSilo()
    {
        if (PickSilo() is not { } silo) return;
        silo.Kill();
        await Delay(TimeSpan.FromSeconds(Cluster.Random.Next(60)));
        silo.Restart();
    }

    /// <summary>A silo stands still for a while. One that was given up meanwhile finds that out, and ends, soon after it goes on.</summary>
    private async Task PauseSilo()
    {
        if (PickSilo() is not { } silo) return;
        silo.Pause();
        await Delay(TimeSpan.FromSeconds(Pick(0.5, 2, 4, 7, 20, 45)));
        if (silo.Resume()) return;
        await Delay(TimeSpan.FromSeconds(2) * Cluster.Random.NextDouble());
        silo.Kill();
        await Delay(TimeSpan.FromSeconds(Cluster.Random.Next(20)));
        silo.Restart();
    }

    private SimulatedSilo? PickSilo()
    {
        // One that was given up and does not know it yet holds nothing.
        var running = Cluster.Silos.Where(silo => silo.State == SimulatedSiloState.Running && !silo.IsEvicted).ToArray();
        return running.Length > 1 ? Pick<SimulatedSilo>(running) : null;
    }
}
