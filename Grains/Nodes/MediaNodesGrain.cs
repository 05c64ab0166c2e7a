using System.Collections.Immutable;

namespace Webphone.Grains.Nodes;

/// <summary>Keeps what nodes say of themselves, and nothing over its own end: they say it again within <see cref="NodeLease.RenewEvery"/>.</summary>
public sealed class MediaNodesGrain(TimeProvider time) : Grain, IMediaNodesGrain
{
    private readonly Dictionary<string, DateTimeOffset> _until = [];

    public Task<ImmutableArray<string>> Here(string node)
    {
        _until[node] = time.GetUtcNow() + NodeLease.Duration;
        return Nodes();
    }

    public Task Gone(string node)
    {
        _until.Remove(node);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<string>> Nodes()
    {
        Forget();
        return Task.FromResult<ImmutableArray<string>>([.. _until.Keys]);
    }

    public Task<string?> NodeFor(string session, string? except)
    {
        Forget();
        // Where there is no other, the one that was found dead may be alive after all.
        return Task.FromResult(_until.Keys.OrderBy(node => node == except).ThenBy(node => Weight(session, node)).FirstOrDefault());
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (node, until) in _until.ToArray())
        {
            if (until <= now) _until.Remove(node);
        }
    }

    /// <summary>Each session has an order of its own among nodes, so that one node more or less moves only the sessions that it has to (FNV-1a over both names).</summary>
    private static uint Weight(string session, string node)
    {
        var hash = 2166136261u;
        foreach (var letter in $"{session} {node}") hash = (hash ^ letter) * 16777619u;
        // The last letters must reach the upper bits too: nodes often differ in nothing else.
        hash ^= hash >> 15;
        hash *= 2246822519u;
        return hash ^ (hash >> 13);
    }
}
