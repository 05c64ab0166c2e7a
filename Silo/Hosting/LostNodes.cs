using Webphone.Grains.Nodes;

namespace Webphone.Silo.Hosting;

/// <summary>
/// Which nodes are lost, by what is said again and again of which are there: one that was, and is missing in all that is said for <see cref="MissingFor"/>. Who says it may have just begun, and
/// has not heard of all yet; and what was missing before nothing was said for a while counts anew. So a loss is told late rather than wrongly. For one loop's turns.
/// </summary>
internal sealed class LostNodes(TimeProvider time)
{
    /// <summary>A node that is there says so three times in that.</summary>
    public static readonly TimeSpan MissingFor = 3 * NodeLease.RenewEvery;

    private readonly HashSet<string> _there = [];
    private readonly HashSet<string> _lost = [];
    private readonly Dictionary<string, long> _missingSince = [];
    private long _heard = time.GetTimestamp();

    /// <summary>These nodes are there. Those that are lost with this news, and those that were and are back.</summary>
    public (IReadOnlyList<string> Lost, IReadOnlyList<string> Back) Hear(IReadOnlyCollection<string> nodes)
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_heard, now) >= MissingFor) _missingSince.Clear();
        _heard = now;
        string[] back = [.. nodes.Where(_lost.Remove)];
        foreach (var node in nodes) _missingSince.Remove(node);
        _there.UnionWith(nodes);
        foreach (var node in _there.Except(nodes)) _missingSince.TryAdd(node, now);
        string[] lost = [.. _missingSince.Where(missing => time.GetElapsedTime(missing.Value, now) >= MissingFor).Select(missing => missing.Key)];
        foreach (var node in lost)
        {
            _missingSince.Remove(node);
            _there.Remove(node);
            _lost.Add(node);
        }

        return (lost, back);
    }
}
