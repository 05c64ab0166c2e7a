namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>The subscriptions of each user's phones, within bounds. Safe from any thread.</summary>
internal sealed class SubscriberIndex(int mostOfUser, int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<LampSubscriber>> _ofUser = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>No more may begin.</summary>
    public bool IsFull => Count >= most;

    /// <summary>
    /// Adds one; the answer is the one that makes room for it where the user has too many: the oldest. A phone that restarts forgets its subscriptions, and would
    /// otherwise shut itself out.
    /// </summary>
    public LampSubscriber? Add(LampSubscriber subscriber)
    {
        lock (_gate)
        {
            if (!_ofUser.TryGetValue(subscriber.UserKey, out var own))
                _ofUser[subscriber.UserKey] = own = [];
            own.Add(subscriber);
            _count++;
            if (own.Count <= mostOfUser)
                return null;
            // Out of the list at once: it takes a while to end, and the next that comes needs another's room.
            var oldest = own[0];
            own.RemoveAt(0);
            _count--;
            return oldest;
        }
    }

    public void Remove(LampSubscriber subscriber)
    {
        lock (_gate)
        {
            if (!_ofUser.TryGetValue(subscriber.UserKey, out var own) || !own.Remove(subscriber))
                return;
            _count--;
            if (own.Count == 0)
                _ofUser.Remove(subscriber.UserKey);
        }
    }

    /// <summary>It was heard of: others make room first.</summary>
    public void Refreshed(LampSubscriber subscriber)
    {
        lock (_gate)
        {
            if (_ofUser.TryGetValue(subscriber.UserKey, out var own) && own[^1] != subscriber && own.Remove(subscriber))
                own.Add(subscriber);
        }
    }

    public LampSubscriber[] OfUser(string userKey)
    {
        lock (_gate)
            return _ofUser.TryGetValue(userKey, out var own) ? [.. own] : [];
    }

    public LampSubscriber[] All()
    {
        lock (_gate)
            return [.. _ofUser.Values.SelectMany(static own => own)];
    }
}
