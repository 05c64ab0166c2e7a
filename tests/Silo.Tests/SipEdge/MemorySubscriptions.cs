using System.Collections.Concurrent;
using Webphone.Silo.SipEdge.Lamps;
using Webphone.Sip.EventPackages;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Keeps subscriptions in memory, and counts how often it was written to.</summary>
internal sealed class MemorySubscriptions : ISubscriptionStore
{
    private int _writes;

    public ConcurrentDictionary<string, StoredSubscription> Kept { get; } = new();

    /// <summary>Those of other nodes.</summary>
    public ConcurrentDictionary<(string Node, string Id), StoredSubscription> OfOthers { get; } = new();

    public int Writes => Volatile.Read(ref _writes);

    public void Save(StoredSubscription subscription)
    {
        Interlocked.Increment(ref _writes);
        Kept[subscription.Id] = subscription;
    }

    public void Remove(string id)
    {
        Interlocked.Increment(ref _writes);
        Kept.TryRemove(id, out _);
    }

    public Task<bool> TakeOver(string id, string from) => Task.FromResult(OfOthers.TryRemove((from, id), out _));

    public Task<IReadOnlyList<StoredSubscription>> Load(string node) => Task.FromResult<IReadOnlyList<StoredSubscription>>(
        node == EdgeWorld.Node ? [.. Kept.Values] : [.. OfOthers.Where(entry => entry.Key.Node == node).Select(entry => entry.Value)]);
}

/// <summary>Mailboxes that hold what a test says.</summary>
internal sealed class TestMailboxes : IMailboxCounts
{
    private readonly ConcurrentDictionary<string, MessageCounts> _counts = new();

    public event Action<string>? Changed;

    public string Number => "*97";

    public Task<MessageCounts> Read(string userKey) => Task.FromResult(_counts.GetValueOrDefault(userKey));

    public void Put(string userKey, MessageCounts counts)
    {
        _counts[userKey] = counts;
        Changed?.Invoke(userKey);
    }
}
