using Orleans.InProcess;
using Orleans.Runtime;

namespace Orleans.Simulation;

/// <summary>The scheduler of the code that drives a simulation from outside the grains; several at once may run on it.</summary>
internal sealed class Workload(SimulatedDispatcher dispatcher) : TaskScheduler, ITurns
{
    private readonly Queue<Task> _turns = [];
    private bool _scheduled;

    GrainId ITurns.GrainId => default;

    public bool RunNext()
    {
        TryExecuteTask(_turns.Dequeue());
        _scheduled = _turns.Count > 0;
        return _scheduled;
    }

    protected override void QueueTask(Task task)
    {
        if (!dispatcher.CheckThread("the workload"))
            return;
        _turns.Enqueue(task);
        if (_scheduled)
            return;
        _scheduled = true;
        dispatcher.Schedule(this);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    protected override IEnumerable<Task> GetScheduledTasks() => _turns;
}
