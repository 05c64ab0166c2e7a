using Orleans.Runtime;

namespace Orleans.InProcess;

/// <summary>The activations of one id of a stateless worker: an idle one takes a call, a new one if none is idle, the least loaded at the limit.</summary>
internal sealed class StatelessWorkers(Silo silo, GrainClass grainClass, GrainId grainId) : ICallTarget
{
    private readonly List<Activation> _workers = [];

    public Activation[] Workers
    {
        get
        {
            lock (_workers)
                return [.. _workers];
        }
    }

    public bool Receive(Request request)
    {
        while (!Choose().Receive(request))
        {
        }

        return true;
    }

    public void Remove(Activation gone)
    {
        lock (_workers)
            _workers.Remove(gone);
    }

    private Activation Choose()
    {
        lock (_workers)
        {
            _workers.RemoveAll(worker => worker.IsGone);
            var best = _workers.MinBy(worker => worker.Load);
            if (best is { Load: 0 } || _workers.Count >= grainClass.MaxWorkers)
                return best!;
            var added = new Activation(silo, grainClass, grainId);
            _workers.Add(added);
            return added;
        }
    }
}
