using Orleans.Timers;

namespace Orleans.Runtime;

/// <summary>What the runtime offers to a grain; a grain class made outside the runtime (in a unit test) is given one.</summary>
public interface IGrainRuntime
{
    string SiloIdentity { get; }
    IGrainFactory GrainFactory { get; }
    ITimerRegistry TimerRegistry { get; }
    IServiceProvider ServiceProvider { get; }
    TimeProvider TimeProvider { get; }

    void DeactivateOnIdle(IGrainContext grainContext);
    void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan);
}
