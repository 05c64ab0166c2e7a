namespace Orleans.Runtime;

/// <summary>One activation of a grain, as the grain itself may see it.</summary>
public interface IGrainContext : IEquatable<IGrainContext>
{
    GrainId GrainId { get; }
    GrainReference GrainReference { get; }
    object? GrainInstance { get; }

    /// <summary>The services of this activation; a scope of its own that ends with it.</summary>
    IServiceProvider ActivationServices { get; }

    IGrainLifecycle ObservableLifecycle { get; }

    /// <summary>Completes when the activation is gone.</summary>
    Task Deactivated { get; }

    /// <summary>Lets the requests in progress end, then takes the activation down; later requests go to a new one.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}

public interface IGrainContextAccessor
{
    IGrainContext GrainContext { get; }
}
