using Orleans.Runtime;

namespace Webphone.Grains.InProcess.Tests.Conformance.Subjects;

/// <summary>Filters that act on <see cref="ICallGrain.Filtered"/> only.</summary>
public sealed class MarkingFilters : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.MethodName == nameof(ICallGrain.Filtered) && context.Request.GetArgument(0) is "refuse")
            throw new UnauthorizedAccessException($"refused at {context.TargetId.Key}");
        await context.Invoke();
        if (context.MethodName == nameof(ICallGrain.Filtered))
            context.Result = $"in({context.Result})";
    }

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.MethodName == nameof(ICallGrain.Filtered))
            RequestContext.Set("filter", "out");
        await context.Invoke();
        if (context.MethodName == nameof(ICallGrain.Filtered))
            context.Result = $"out({context.Result})";
    }
}
