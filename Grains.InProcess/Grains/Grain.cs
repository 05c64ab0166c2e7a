using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The base of grain classes. Everything in it may only be used in the grain's own turns.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly IGrainRuntime? _runtime;

    protected Grain() : this(RuntimeContext.Current!, null) { }

    protected Grain(IGrainContext grainContext, IGrainRuntime? grainRuntime = null)
    {
        GrainContext = grainContext;
        _runtime = grainRuntime ?? grainContext?.ActivationServices.GetService<IGrainRuntime>();
    }

    public IGrainContext GrainContext { get; }
    public GrainReference GrainReference => GrainContext.GrainReference;
    public string IdentityString => GrainContext.GrainId.ToString();
    public string RuntimeIdentity => _runtime?.SiloIdentity ?? "";

    protected IGrainFactory GrainFactory => Runtime.GrainFactory;
    protected internal IServiceProvider ServiceProvider => GrainContext?.ActivationServices ?? Runtime.ServiceProvider;

    private IGrainRuntime Runtime =>
        _runtime ?? throw new InvalidOperationException("The grain was made outside the runtime's creation process and no runtime was given.");

#pragma warning disable CA1725 // Orleans names the parameter so in the class and otherwise in the interface; callers may use either name.
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;
#pragma warning restore CA1725

    /// <summary>The activation goes as soon as its requests in progress have ended; later requests go to a new one.</summary>
    protected void DeactivateOnIdle() => Runtime.DeactivateOnIdle(GrainContext);

    /// <summary>Keeps an idle activation for that long, whatever its age limit; zero or less takes an earlier delay back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Runtime.DelayDeactivation(GrainContext, timeSpan);
}
