using System.Runtime.CompilerServices;
using Orleans.Runtime;

namespace Orleans.InProcess;

/// <summary>Something with turns to run, one at a time.</summary>
internal interface ITurns
{
    GrainId GrainId { get; }

    /// <summary>Runs a turn if there is one; false when it need not be asked again until it is scheduled anew.</summary>
    bool RunNext();
}

/// <summary>Where activations get their threads from.</summary>
internal abstract class Dispatcher
{
    public abstract TaskCreationOptions PromiseOptions { get; }

    /// <summary>Where the engine's own calls run that come from no grain.</summary>
    public virtual TaskScheduler Outside => TaskScheduler.Default;

    /// <summary>Whether a caller may run the callee's turn on its own thread.</summary>
    public abstract bool MayRunInline(Activation callee);

    /// <summary>Runs the activation's turns soon. It is owned by the one that is scheduled.</summary>
    public abstract void Schedule(Activation activation);

    /// <summary>The order in which to go through all activations.</summary>
    public virtual IEnumerable<Activation> InOrder(IEnumerable<Activation> activations) => activations;

    /// <summary>False for a continuation that comes back from where it should not have gone, and will not run.</summary>
    public virtual bool CheckThread(string who) => true;

    public virtual void Created(Activation activation) { }
}

internal class ThreadPoolDispatcher : Dispatcher
{
    private const int MaxInlineDepth = 8;

    public override TaskCreationOptions PromiseOptions => TaskCreationOptions.RunContinuationsAsynchronously;

    public override bool MayRunInline(Activation callee) =>
        InlineScope.Depth < MaxInlineDepth && callee.Class.MayRunInline && RuntimeHelpers.TryEnsureSufficientExecutionStack();

    public override void Schedule(Activation activation) => ThreadPool.UnsafeQueueUserWorkItem(activation, preferLocal: true);
}
