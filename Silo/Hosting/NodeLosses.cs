using Microsoft.Extensions.Logging;

namespace Webphone.Silo.Hosting;

/// <summary>
/// Tells this node's edge once of each other node that is lost, so that the lamps of its phones go on here. A silo's loss is known by the cluster's membership; that of a node without grains, and
/// to such a node every loss, only by the list of those that are there. Safe from any thread.
/// </summary>
/// <param name="takeOver">Goes on with what the node left, until nothing of it can be left.</param>
/// <param name="back">The node is there again.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it is told that this failed.</param>
internal sealed partial class NodeLosses(Func<string, Task> takeOver, Action<string> back, TimeProvider time, ILogger<NodeLosses> logger)
{
    private readonly LostNodes _list = new(time);
    private readonly HashSet<string> _gone = [];
    private readonly Lock _gate = new();

    /// <summary>The list of nodes that are there.</summary>
    public void Hear(IReadOnlyCollection<string> nodes)
    {
        IReadOnlyList<string> lost, returned;
        lock (_gate) (lost, returned) = _list.Hear(nodes);
        foreach (var node in returned) Back(node);
        foreach (var node in lost) Gone(node);
    }

    public void Gone(string node)
    {
        lock (_gate)
        {
            if (!_gone.Add(node)) return;
        }

        _ = TakeOver(node);
    }

    public void Back(string node)
    {
        lock (_gate) _gone.Remove(node);
        back(node);
    }

    private async Task TakeOver(string node)
    {
        try
        {
            await takeOver(node);
        }
        catch (OperationCanceledException)
        {
            // This node ends too.
        }
        catch (Exception error)
        {
            // The edge of one look: phones subscribe again when a refresh is not answered.
            LogNotTakenOver(node, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The lamps of node {Node} could not be taken over")]
    private partial void LogNotTakenOver(string node, Exception error);
}
