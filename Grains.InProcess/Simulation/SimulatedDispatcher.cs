using Orleans.InProcess;

namespace Orleans.Simulation;

/// <summary>Holds everything that could run next, for one thread that picks from it at random.</summary>
internal sealed class SimulatedDispatcher : Dispatcher
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<ITurns> _runnable = [];
    private readonly List<ITurns> _held = [];
    private readonly HashSet<Silo> _paused = [];
    private volatile string? _escaped;

    public SimulatedDispatcher() => Workload = new Workload(this);

    public Workload Workload { get; }

    public List<Activation> Activations { get; private set; } = [];
    /// <summary>Who came back on another thread; null as long as all went well.</summary>
    public string? Escaped => _escaped;

    public override TaskCreationOptions PromiseOptions => TaskCreationOptions.None;
    public override TaskScheduler Outside => Workload;

    public override bool MayRunInline(Activation callee) => false;
    public override void Schedule(Activation activation) => Schedule((ITurns)activation);
    public override void Created(Activation activation) => Activations.Add(activation);

    public override IEnumerable<Activation> InOrder(IEnumerable<Activation> activations)
    {
        Activations.RemoveAll(activation => activation.IsGone);
        var asked = activations.ToHashSet();
        return Activations.Where(asked.Contains).ToArray();
    }

    public override bool CheckThread(string who)
    {
        if (Environment.CurrentManagedThreadId == _thread)
            return true;
        _escaped ??= who;
        return false;
    }

    public void Schedule(ITurns turns) => _runnable.Add(turns);

    /// <summary>Takes one of those that could run at random; null when there is none.</summary>
    public ITurns? Take(Random random)
    {
        while (_runnable.Count > 0)
        {
            var index = random.Next(_runnable.Count);
            var taken = _runnable[index];
            _runnable[index] = _runnable[^1];
            _runnable.RemoveAt(_runnable.Count - 1);
            if (taken is not Activation activation || !_paused.Contains(activation.Silo))
                return taken;
            _held.Add(taken);
        }

        return null;
    }

    /// <summary>Nothing of the silo runs until <see cref="Resume"/>.</summary>
    public void Pause(Silo silo) => _paused.Add(silo);

    public void Resume(Silo silo)
    {
        if (!_paused.Remove(silo))
            return;
        _runnable.AddRange(_held);
        _held.Clear();
    }

    /// <summary>A random activation that qualifies, from a few tries.</summary>
    public Activation? Pick(Random random, Func<Activation, bool> qualifies)
    {
        const int Tries = 8;
        for (var attempt = 0; attempt < Tries && Activations.Count > 0; attempt++)
        {
            var index = random.Next(Activations.Count);
            var picked = Activations[index];
            if (picked.IsGone)
            {
                Activations[index] = Activations[^1];
                Activations.RemoveAt(Activations.Count - 1);
            }
            else if (qualifies(picked))
            {
                return picked;
            }
        }

        return null;
    }

    public void Clear()
    {
        Activations = [];
        _held.Clear();
        _paused.Clear();
    }
}
