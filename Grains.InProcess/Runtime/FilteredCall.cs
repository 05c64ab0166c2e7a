using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.InProcess;

/// <summary>One call's way through its filters to the method.</summary>
internal abstract class FilteredCall(Request request, int filterCount) : IGrainCallContext
{
    private int _next;

    public IInvokable Request => request;
    public abstract object Grain { get; }
    public GrainId? SourceId => request.Sender?.GrainId;
    public GrainId TargetId => request.Target;
    public string InterfaceName => request.Traits.InterfaceType!.Name;
    public string MethodName => request.Traits.Method!.Name;
    public MethodInfo InterfaceMethod => request.Traits.Method!;
    public object? Result { get; set; }

    public async Task Invoke()
    {
        if (_next < filterCount)
        {
            await Filter(_next++);
            return;
        }

        var task = Call();
        await task;
        Result = request.ResultOf(task);
    }

    protected abstract Task Filter(int index);
    protected abstract Task Call();
}

internal sealed class IncomingCall(Request request, object grain, IIncomingGrainCallFilter[] filters)
    : FilteredCall(request, filters.Length + (grain is IIncomingGrainCallFilter ? 1 : 0)), IIncomingGrainCallContext
{
    private readonly Request _request = request;

    public override object Grain => grain;
    public IGrainContext TargetContext => _request.Callee!;

    public MethodInfo ImplementationMethod
    {
        get
        {
            var map = grain.GetType().GetInterfaceMap(InterfaceMethod.DeclaringType!);
            return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, InterfaceMethod)];
        }
    }

    protected override Task Filter(int index) => index < filters.Length ? filters[index].Invoke(this) : ((IIncomingGrainCallFilter)grain).Invoke(this);
    protected override Task Call() => _request.Execute(grain);
}

internal sealed class OutgoingCall(Request request, GrainReference reference, IOutgoingGrainCallFilter[] filters)
    : FilteredCall(request, filters.Length), IOutgoingGrainCallContext
{
    private readonly Request _request = request;

    public override object Grain => reference;
    public IGrainContext? SourceContext => _request.Sender;

    protected override Task Filter(int index) => filters[index].Invoke(this);

    protected override Task Call()
    {
        // A filter may have added to what travels with the call.
        _request.Context = RequestContext.Current;
        return reference.Deliver(_request);
    }
}
