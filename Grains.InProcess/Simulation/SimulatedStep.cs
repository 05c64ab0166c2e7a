using Orleans.Runtime;

namespace Orleans.Simulation;

public enum StepKind : byte
{
    /// <summary>A turn of a grain or observer.</summary>
    Turn,

    /// <summary>A turn of the workload.</summary>
    Workload,

    /// <summary>The clock moved on to the next timer.</summary>
    Timer,

    Deactivated,
    ObserverKilled,
    Crashed,
    RequestLost,
    AnswerLost,
    CallFailed,
    CallDelayed,
    SiloKilled,
    SiloPaused,

    /// <summary>The others hold a dead or paused silo for gone: its grains may start elsewhere.</summary>
    SiloEvicted,
    SiloResumed,
    SiloStarted,
}

/// <summary>One thing that happened, in virtual time; <see cref="Grain"/> is default where no grain is meant.</summary>
public readonly record struct SimulatedStep(long Number, DateTimeOffset At, StepKind Kind, GrainId Grain)
{
    public override string ToString() => $"{Number,8} {At:HH:mm:ss.fff} {Kind} {(Grain.IsDefault ? "" : Grain)}";
}

/// <summary>An invariant broke, the workload failed, or something left the simulation; the message says how to see it again.</summary>
public sealed class SimulationFailedException(string message, Exception? cause) : Exception(message, cause);
