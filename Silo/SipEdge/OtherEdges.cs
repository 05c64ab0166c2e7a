using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Calls;
using Webphone.Grains.Nodes;

namespace Webphone.Silo.SipEdge;

/// <summary>The edges of the other nodes, as far as one may ask them something for a phone. Safe from any thread.</summary>
internal sealed partial class OtherEdges(string here, IGrainFactory grains, TimeProvider time, ILogger logger)
{
    private readonly NodeBook _book = new(grains, time);

    /// <summary>The node's answer, or <paramref name="otherwise"/> when it has none in time.</summary>
    public async Task<T> Ask<T>(string node, Func<IPhoneEdge, Task<T>> ask, T otherwise)
    {
        try
        {
            var links = await _book.Resolve(node).AsTask().WaitAsync(EdgeLimits.CommandTimeout, time);
            return links?.Phones is { } there ? await ask(there).WaitAsync(EdgeLimits.CommandTimeout, time) : otherwise;
        }
        // The edge of one question: others may be asked too.
        catch (Exception failure)
        {
            _book.Forget(node);
            LogNoAnswer(logger, failure, node);
            return otherwise;
        }
    }

    /// <summary>The call and the leg of the user whose dialog the value of a Replaces header names, on any of them; null when it is on none.</summary>
    public async Task<Consultation?> FindDialog(string tenant, string extension, string replaces)
    {
        var found = await AskAll<Consultation?>(edge => edge.FindDialog(tenant, extension, replaces), null);
        return found.FirstOrDefault(consultation => consultation is not null);
    }

    /// <summary>What the user may have of the dialog that the value of a Replaces header names, on any of them.</summary>
    public async Task<ReplacedDialog> FindReplaced(string tenant, string extension, string replaces)
    {
        var found = await AskAll(edge => edge.FindReplaced(tenant, extension, replaces), ReplacedDialog.Unknown);
        return found.FirstOrDefault(dialog => dialog.Outcome != ReplacedOutcome.Unknown, ReplacedDialog.Unknown);
    }

    /// <summary>The answers of all of them, in no order; none where nobody says which there are.</summary>
    private async Task<T[]> AskAll<T>(Func<IPhoneEdge, Task<T>> ask, T otherwise)
    {
        try
        {
            var nodes = await grains.GetGrain<IMediaNodesGrain>(IMediaNodesGrain.Key).Nodes().WaitAsync(EdgeLimits.CommandTimeout, time);
            return await Task.WhenAll(nodes.Remove(here).Select(node => Ask(node, ask, otherwise)));
        }
        // The edge of one question: who asked is told that there is no such dialog.
        catch (Exception failure)
        {
            LogNoAnswer(logger, failure, IMediaNodesGrain.Key);
            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} does not say what its phones do")]
    private static partial void LogNoAnswer(ILogger logger, Exception failure, string node);
}
