using Microsoft.Extensions.DependencyInjection;
using Orleans.InProcess;

namespace Orleans.Simulation;

/// <summary>
/// One process of a simulated cluster. The name stays; each restart gives it another incarnation, with new services and no memory.
/// <code>
///  Running ──Kill──► Dead ──Restart──► Running
///     │ ▲
///  Pause Resume          A silo that is dead or paused for <see cref="SimulationOptions.DetectAfter"/> is evicted: its grains may start
///     ▼ │                elsewhere. One that resumes after that is a zombie: it does not know yet, its grains run, and nobody
///   Paused               hears it but itself and the stores. Whoever resumed it kills it soon, as a real one ends itself.
/// </code>
/// </summary>
public sealed class SimulatedSilo
{
    private readonly Func<SimulatedSilo, string, ServiceProvider> _start;
    private readonly SimulatedDispatcher _dispatcher;
    private readonly Action<SimulatedSilo, StepKind> _changed;
    private ServiceProvider _services = null!;
    private int _incarnations;

    internal SimulatedSilo(
        string name, SimulatedDispatcher dispatcher, Func<SimulatedSilo, string, ServiceProvider> start, Action<SimulatedSilo, StepKind> changed)
    {
        Name = name;
        _dispatcher = dispatcher;
        _start = start;
        _changed = changed;
    }

    public string Name { get; }

    /// <summary>Makes references that call from this silo. Those made before a restart are dead.</summary>
    public IGrainFactory Grains => Silo.Factory;

    public IServiceProvider Services => _services;
    public SimulatedSiloState State { get; private set; } = SimulatedSiloState.Dead;

    /// <summary>The other silos hold it for dead.</summary>
    public bool IsEvicted { get; private set; }

    /// <summary>Names this incarnation; observers' ids begin with it.</summary>
    internal string Process { get; private set; } = "";

    internal Silo Silo { get; private set; } = null!;

    /// <summary>Calls can be brought to it, and grains be placed on it.</summary>
    internal bool IsMember => State == SimulatedSiloState.Running && !IsEvicted;

    /// <summary>Ends it as by kill -9.</summary>
    public void Kill()
    {
        if (State == SimulatedSiloState.Dead)
            return;
        End();
        _changed(this, StepKind.SiloKilled);
    }

    /// <summary>Stops it as by SIGSTOP: nothing runs, what is sent to it waits.</summary>
    public void Pause()
    {
        if (State != SimulatedSiloState.Running)
            return;
        State = SimulatedSiloState.Paused;
        _dispatcher.Pause(Silo);
        _changed(this, StepKind.SiloPaused);
    }

    /// <summary>Lets it run on. False when it was evicted meanwhile, so that it has to end.</summary>
    public bool Resume()
    {
        if (State == SimulatedSiloState.Paused)
        {
            State = SimulatedSiloState.Running;
            _dispatcher.Resume(Silo);
            _changed(this, StepKind.SiloResumed);
        }

        return !IsEvicted;
    }

    /// <summary>Starts it again after its death.</summary>
    public void Restart()
    {
        if (State != SimulatedSiloState.Dead)
            return;
        Begin();
        _changed(this, StepKind.SiloStarted);
    }

    internal void Begin()
    {
        Process = $"{Name}.{++_incarnations}";
        _services = _start(this, Process);
        Silo = _services.GetRequiredService<Silo>();
        State = SimulatedSiloState.Running;
        IsEvicted = false;
    }

    internal void End()
    {
        if (State == SimulatedSiloState.Dead)
            return;
        State = SimulatedSiloState.Dead;
        _dispatcher.Resume(Silo);
        Silo.Kill();
        _services.Dispose();
    }

    internal void Evict() => IsEvicted = true;
}

/// <summary>Whether a simulated silo lives.</summary>
public enum SimulatedSiloState : byte
{
    Running,
    Paused,
    Dead,
}
