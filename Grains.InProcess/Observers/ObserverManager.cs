using System.Collections;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Utilities;

/// <summary>The observers of one grain, which it drops when they are not renewed in time or fail. Not thread-safe: for the grain's turns.</summary>
public class ObserverManager<TObserver>(TimeSpan expiration, ILogger log) : ObserverManager<IAddressable, TObserver>(expiration, log);

public class ObserverManager<TIdentity, TObserver>(TimeSpan expiration, ILogger log) : IEnumerable<TObserver>
    where TIdentity : notnull
{
    private readonly Dictionary<TIdentity, (TObserver Observer, DateTime LastSeen)> _observers = [];
    private readonly ILogger _log = log ?? throw new ArgumentNullException(nameof(log));

    public Func<DateTime> GetDateTime { get; set; } = static () => DateTime.UtcNow;
    public TimeSpan ExpirationDuration { get; set; } = expiration;
    public int Count => _observers.Count;
    public IReadOnlyDictionary<TIdentity, TObserver> Observers => _observers.ToDictionary(entry => entry.Key, entry => entry.Value.Observer);

    public void Clear() => _observers.Clear();

    /// <summary>Adds the observer or renews it.</summary>
    public void Subscribe(TIdentity id, TObserver observer) => _observers[id] = (observer, GetDateTime());

    public void Unsubscribe(TIdentity id) => _observers.Remove(id);

    public async Task Notify(Func<TObserver, Task> notification, Func<TObserver, bool>? predicate = null)
    {
        ClearExpired();
        foreach (var (id, entry) in _observers.ToArray())
        {
            if (predicate is not null && !predicate(entry.Observer))
                continue;
            try
            {
                await notification(entry.Observer);
            }
            catch (Exception error)
            {
                Drop(id, entry.Observer, error);
            }
        }
    }

    public void Notify(Action<TObserver> notification, Func<TObserver, bool>? predicate = null)
    {
        ClearExpired();
        foreach (var (id, entry) in _observers.ToArray())
        {
            if (predicate is not null && !predicate(entry.Observer))
                continue;
            try
            {
                notification(entry.Observer);
            }
            catch (Exception error)
            {
                Drop(id, entry.Observer, error);
            }
        }
    }

    public void ClearExpired()
    {
        var now = GetDateTime();
        foreach (var (id, entry) in _observers)
        {
            // Removing is the one change that an enumerated dictionary allows.
            if (entry.LastSeen + ExpirationDuration < now)
                _observers.Remove(id);
        }
    }

    public IEnumerator<TObserver> GetEnumerator()
    {
        ClearExpired();
        return _observers.Values.Select(entry => entry.Observer).ToList().GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Drop(TIdentity id, TObserver failed, Exception error)
    {
        ObserverLog.ObserverDropped(_log, id, error);
        // One that re-registered under the same id while the failed call ran stays.
        if (_observers.TryGetValue(id, out var entry) && EqualityComparer<TObserver>.Default.Equals(entry.Observer, failed))
            _observers.Remove(id);
    }
}

internal static partial class ObserverLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Observer {Id} failed and is dropped")]
    public static partial void ObserverDropped(ILogger logger, object id, Exception error);
}
