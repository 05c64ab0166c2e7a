using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Serialization.Invocation
{
    /// <summary>A request as call filters see it.</summary>
    public interface IInvokable
    {
        int GetArgumentCount();
        object? GetArgument(int index);
        void SetArgument(int index, object value);
        string GetMethodName();
        string GetInterfaceName();
        MethodInfo GetMethod();
        Type GetInterfaceType();
        TimeSpan? GetDefaultResponseTimeout();
    }
}

namespace Orleans
{
    public interface IGrainCallContext
    {
        IInvokable Request { get; }
        object Grain { get; }
        GrainId? SourceId { get; }
        GrainId TargetId { get; }
        string InterfaceName { get; }
        string MethodName { get; }
        MethodInfo InterfaceMethod { get; }

        /// <summary>What the method returned, after <see cref="Invoke"/>; a filter may replace it.</summary>
        object? Result { get; set; }

        /// <summary>Runs the rest of the filters and the method; a filter that does not call it answers in the method's place.</summary>
        Task Invoke();
    }

    public interface IIncomingGrainCallContext : IGrainCallContext
    {
        IGrainContext TargetContext { get; }
        MethodInfo ImplementationMethod { get; }
    }

    public interface IOutgoingGrainCallContext : IGrainCallContext
    {
        IGrainContext? SourceContext { get; }
    }

    /// <summary>Runs around each call, in the callee's turn. A grain class that implements it filters its own calls, innermost.</summary>
    public interface IIncomingGrainCallFilter
    {
        Task Invoke(IIncomingGrainCallContext context);
    }

    /// <summary>Runs around each call, on the caller's side.</summary>
    public interface IOutgoingGrainCallFilter
    {
        Task Invoke(IOutgoingGrainCallContext context);
    }
}
