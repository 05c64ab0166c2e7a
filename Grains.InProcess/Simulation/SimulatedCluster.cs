using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.InProcess;
using Orleans.Reminders;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Simulation;

/// <summary>
/// Runs grains under a virtual clock on one thread: each step runs one turn, picked at random from all that could run, so a seed decides
/// everything and repeats it. Faults as <see cref="SimulationOptions"/> say. Nothing in it may leave the thread: no Task.Run, no real
/// delay, no ConfigureAwait(false); whatever does is found out and fails the run.
/// <code>
/// using var cluster = new SimulatedCluster(new() { Assemblies = { typeof(CallGrain).Assembly }, Deactivate = 0.01, LoseAnswer = 0.005 });
/// cluster.AfterStep = step => Assert.True(owners.AreUnique);
/// cluster.Run(async () =>
/// {
///     await cluster.Grains.GetGrain&lt;ICallGrain&gt;("acme/1").Dial("102");
///     await cluster.Delay(TimeSpan.FromSeconds(cluster.Random.Next(30)));
/// }, limit: TimeSpan.FromHours(1));
/// cluster.RunFor(TimeSpan.FromMinutes(1));
/// </code>
/// With several <see cref="SimulationOptions.Silos"/> each is a process of its own, which the workload kills, pauses and starts by <see cref="Silos"/>.
/// A failure names its seed and the command that replays it. Order taken from hash codes of strings (ImmutableDictionary, HashSet after
/// removals) differs from process to process: grains that let it decide something cannot be replayed.
/// </summary>
public sealed class SimulatedCluster : IDisposable
{
    private const int StepsKept = 64;

    private readonly SimulationOptions _options;
    private readonly string _test;
    private readonly SimulatedDispatcher _dispatcher = new();
    private readonly VirtualTime _time;
    private readonly Dictionary<string, MemoryGrainStorage> _storages;
    private readonly MemoryReminderTable _reminders = new();
    private readonly Dictionary<StepKind, long> _counts = [];
    private readonly SimulatedStep[] _last = new SimulatedStep[StepsKept];
    private readonly SimulatedSilo[] _silos;
    private readonly SimulatedNetwork _network;
    private long _steps;
    private ulong _trace = 14695981039346656037;

    public SimulatedCluster(SimulationOptions options, [CallerFilePath] string file = "", [CallerMemberName] string member = "")
    {
        _options = options;
        _test = $"*{Path.GetFileNameWithoutExtension(file)}.{member}";
        _time = new VirtualTime(options.Start);
        _storages = options.Storages.ToDictionary(name => name, _ => new MemoryGrainStorage(() => Grains));
        Random = new Random(options.Seed);
        _silos = [.. Enumerable.Range(1, options.Silos).Select(number => new SimulatedSilo($"process{number}", _dispatcher, StartProcess, SiloChanged))];
        _network = new SimulatedNetwork(_silos, _time, Random, options, Record);
        foreach (var silo in _silos)
            silo.Begin();
    }

    /// <summary>The processes, in an order that stays.</summary>
    public IReadOnlyList<SimulatedSilo> Silos => _silos;

    /// <summary>The factory of the first process that runs now. References made before a crash are dead.</summary>
    public IGrainFactory Grains => First.Grains;

    public IServiceProvider Services => First.Services;
    public TimeProvider Time => _time;

    /// <summary>The seeded source of all chance; workloads draw theirs from it too.</summary>
    public Random Random { get; }

    public int Seed => _options.Seed;
    public long Steps => _steps;

    /// <summary>Activations that are not gone, observers included.</summary>
    public int ActivationCount => _dispatcher.Activations.Count(activation => !activation.IsGone);

    /// <summary>Calls that went from one silo to another so far, by interface and method; answers are not counted.</summary>
    public IReadOnlyDictionary<string, long> CallsBetweenSilos => _network.Between;

    /// <summary>Stands for the whole course of the run: equal for equal seeds.</summary>
    public ulong Trace => _trace;

    /// <summary>Runs after every step, on no grain's turn: what it throws fails the run.</summary>
    public Action<SimulatedStep>? AfterStep { get; set; }

    /// <summary>
    /// Runs when a new process has taken a crashed one's place: the time to make observers anew. It is on no scheduler, so it calls
    /// grains by <see cref="Start"/>.
    /// </summary>
    public Action? AfterCrash { get; set; }

    /// <summary>Runs when a silo was killed, paused, evicted, resumed or started by itself; like <see cref="AfterCrash"/>, on no scheduler.</summary>
    public Action<SimulatedSilo, StepKind>? AfterSiloChange { get; set; }

    /// <summary>How often that happened so far.</summary>
    public long Count(StepKind kind) => _counts.GetValueOrDefault(kind);

    /// <summary>Waits in virtual time; for the workload.</summary>
    public Task Delay(TimeSpan span) => Task.Delay(span, _time);

    /// <summary>Starts a workload, which runs as steps are made.</summary>
    public Task Start(Func<Task> workload) =>
        Task.Factory.StartNew(workload, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _dispatcher.Workload).Unwrap();

    /// <summary>Runs a workload to its end, which must come within the limit of virtual time.</summary>
    public void Run(Func<Task> workload, TimeSpan limit)
    {
        var work = Start(workload);
        var deadline = _time.GetUtcNow() + limit;
        while (!work.IsCompleted)
        {
            if (!Step(deadline))
                throw Failure($"The workload did not end within {limit}: it waits for something that does not come, or that is not simulated.", null);
        }

        if (work.Exception is { } error)
            throw Failure("The workload failed.", error.InnerException);
    }

    /// <summary>Lets that much virtual time pass, with all that happens in it.</summary>
    public void RunFor(TimeSpan span)
    {
        var deadline = _time.GetUtcNow() + span;
        while (Step(deadline))
        {
        }
    }

    /// <summary>
    /// Makes one step: a turn if any can run, or else the next timer that is due by the deadline. False if there is neither; the clock
    /// is then at the deadline.
    /// </summary>
    public bool Step(DateTimeOffset deadline)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            BringFaults();
            if (_dispatcher.Take(Random) is { } turns)
            {
                if (turns.RunNext())
                    _dispatcher.Schedule(turns);
                Record(ReferenceEquals(turns, _dispatcher.Workload) ? StepKind.Workload : StepKind.Turn, turns.GrainId);
            }
            else if (_time.FireNext(deadline))
            {
                Record(StepKind.Timer, default);
            }
            else
            {
                return false;
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        if (_dispatcher.Escaped is { } escaped)
            throw Failure($"A continuation of {escaped} came back on another thread: it awaited something that is not simulated.", null);
        Inspect();
        return true;
    }

    /// <summary>Ends every process as by kill -9 and starts others on the same storage.</summary>
    public void Crash()
    {
        foreach (var silo in _silos)
        {
            silo.End();
            _network.Forget(silo);
        }

        _dispatcher.Clear();
        foreach (var silo in _silos)
            silo.Begin();
        Record(StepKind.Crashed, default);
        AfterCrash?.Invoke();
    }

    /// <summary>Takes every grain down properly, for the workload to await; the processes take no calls then until <see cref="Crash"/> replaces them.</summary>
    public Task Stop() => Task.WhenAll(_silos.Select(silo => silo.Silo.Stop(CancellationToken.None)));

    /// <summary>Makes every later call of the observer fail, as when its process is gone.</summary>
    public void KillObserver(IGrainObserver reference)
    {
        ((GrainReference)reference).Silo.Observers.Delete(reference);
        Record(StepKind.ObserverKilled, reference.GetGrainId());
    }

    /// <summary>Starts to deactivate the grain if it is active and idle.</summary>
    public bool Deactivate(GrainId grain) =>
        _dispatcher.Activations.Find(activation => activation.GrainId == grain && activation.IsIdle) is { } idle && Deactivate(idle);

    public SimulationFailedException Failure(string message, Exception? cause)
    {
        var last = Enumerable.Range(0, (int)Math.Min(StepsKept, _steps)).Select(back => _last[(_steps - 1 - back) % StepsKept]).Reverse();
        return new SimulationFailedException(
            $"""
            {message} {cause?.Message}
            Seed {Seed}, step {_steps}, {_time.GetUtcNow() - _options.Start} in. Replay:
            {SimulationOptions.SeedVariable}={Seed} {Environment.ProcessPath} -method "{_test}"
            {string.Join('\n', last)}
            """, cause);
    }

    public void Dispose()
    {
        foreach (var silo in _silos)
            silo.End();
    }

    private SimulatedSilo First => Array.Find(_silos, silo => silo.IsMember) ?? _silos[0];

    private ServiceProvider StartProcess(SimulatedSilo silo, string process)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<Dispatcher>(_dispatcher);
        services.AddSingleton<IReminderTable>(_reminders);
        services.AddSingleton(new ProcessName(process));
        services.AddSingleton(silo);
        services.AddInProcessGrains([.. _options.Assemblies]);
        foreach (var (name, storage) in _storages)
            services.AddGrainStorage(name, (_, _) => storage);
        _options.ConfigureServices?.Invoke(services);
        var provider = services.BuildServiceProvider();
        var engine = provider.GetRequiredService<Silo>();
        engine.Network = _network;
        if (!engine.Start(CancellationToken.None).IsCompletedSuccessfully)
            throw Failure("The process did not start at once: its reminder table is not simulated.", null);
        return provider;
    }

    private void SiloChanged(SimulatedSilo silo, StepKind kind)
    {
        Record(kind, default);
        if (kind is StepKind.SiloKilled or StepKind.SiloPaused)
        {
            var process = silo.Process;
            _time.CreateTimer(_ => Evict(silo, process), null, _options.DetectAfter, Timeout.InfiniteTimeSpan);
        }
        else if (kind == StepKind.SiloStarted)
        {
            // One that is back before it was missed does not know the grains that it had.
            _network.Forget(silo);
        }

        AfterSiloChange?.Invoke(silo, kind);
    }

    private void Evict(SimulatedSilo silo, string process)
    {
        if (silo.Process != process || silo.State == SimulatedSiloState.Running || silo.IsEvicted)
            return;
        silo.Evict();
        _network.Forget(silo);
        SiloChanged(silo, StepKind.SiloEvicted);
    }

    private void BringFaults()
    {
        if (Happens(_options.Deactivate)
            && _dispatcher.Pick(Random, activation => !activation.Class.IsObserver && activation.IsIdle && IsFair(activation)) is { } idle)
            Deactivate(idle);
        if (Happens(_options.KillObserver) && _dispatcher.Pick(Random, activation => activation.Class.IsObserver && IsFair(activation)) is { } observer)
        {
            observer.OnGone(null);
            Record(StepKind.ObserverKilled, observer.GrainId);
        }

        if (Happens(_options.Crash))
            Crash();
    }

    private bool Happens(double chance) => chance > 0 && Random.NextDouble() < chance;
    private bool IsFair(Activation activation) => !_options.Spare(activation.GrainId);

    private bool Deactivate(Activation idle)
    {
        idle.Deactivate(new(DeactivationReasonCode.RuntimeRequested, "The simulation wants it."));
        Record(StepKind.Deactivated, idle.GrainId);
        return true;
    }

    private void Record(StepKind kind, GrainId grain)
    {
        var step = new SimulatedStep(_steps, _time.GetUtcNow(), kind, grain);
        _last[_steps++ % StepsKept] = step;
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        Mix((ulong)kind);
        Mix((ulong)step.At.Ticks);
        foreach (var letter in grain.Key.ToString())
            Mix(letter);
    }

    private void Inspect()
    {
        try
        {
            AfterStep?.Invoke(_last[(_steps - 1) % StepsKept]);
        }
        catch (Exception error) when (error is not SimulationFailedException)
        {
            throw Failure("An invariant broke.", error);
        }
    }

    private void Mix(ulong value) => _trace = (_trace ^ value) * 1099511628211;
}
