namespace Webphone.WebFrontend.Health;

/// <summary>Where the process is in its life.</summary>
public enum NodePhase
{
    Starting,
    Ready,
    Stopping,
}

/// <summary>One part of the process that can fail by itself. Null says that it is well, anything else what is wrong.</summary>
public sealed record HealthCheck(string Name, Func<string?> FindFault);

/// <summary>What <c>/healthz</c> tells. Safe from any thread.</summary>
public sealed class NodeHealth
{
    private volatile NodePhase _phase = NodePhase.Starting;

    public NodePhase Phase
    {
        get => _phase;
        set => _phase = value;
    }

    public IReadOnlyList<HealthCheck> Checks { get; set; } = [];
}
