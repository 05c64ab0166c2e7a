using Orleans.Runtime;

namespace Orleans.InProcess;

/// <summary>Makes observers callable. Each has an activation of its own, so calls reach it one at a time; the object is held weakly.</summary>
internal sealed class ObserverTable(Silo silo, string processName)
{
    public const string TypeName = "observer";

    private long _count;

    public TObserver Create<TObserver>(IGrainObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (observer is GrainReference or IGrainBase)
            throw new ArgumentException("Only an object outside the grains can become an observer.", nameof(observer));
        var id = GrainId.Create(TypeName, $"{processName}+{Interlocked.Increment(ref _count)}");
        silo.Add(new Activation(silo, new GrainClass(typeof(TObserver), silo.InlineObservers.GetValueOrDefault(typeof(TObserver))), id, new WeakReference(observer)));
        return (TObserver)(object)Proxies.Make(typeof(TObserver), silo, id);
    }

    public void Delete(IGrainObserver reference)
    {
        if (reference is not GrainReference known)
            throw new ArgumentException("Argument reference is not a grain reference.", nameof(reference));
        if (silo.Find(known.GrainId) is Activation activation)
            activation.OnGone(null);
    }
}
