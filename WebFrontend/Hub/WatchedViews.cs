using Microsoft.Extensions.Logging;

namespace Webphone.WebFrontend.Hub;

/// <summary>
/// Views of one kind that grains tell this frontend, each once whatever number of browsers shows it: watched from when somebody here wants it, renewed with
/// the lease, and passed on in the order of versions. Safe from any thread.
/// </summary>
internal sealed partial class WatchedViews<T>(WatchedViews<T>.Source source, Action<string, T> changed, ILogger logger)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, T?> _views = [];

    /// <param name="Watch">Subscribes or renews; the snapshot to start from.</param>
    /// <param name="Unwatch">Ends that.</param>
    /// <param name="VersionOf">Only grows.</param>
    public sealed record Source(Func<string, Task<T>> Watch, Func<string, Task> Unwatch, Func<T, long> VersionOf);

    /// <summary>The view as it was told last; null when it is not watched.</summary>
    public T? Find(string key)
    {
        lock (_gate)
            return _views.GetValueOrDefault(key);
    }

    /// <summary>Watches it from now on; null while it cannot be told.</summary>
    public async Task<T?> Follow(string key)
    {
        lock (_gate)
        {
            if (_views.TryGetValue(key, out var known) && known is not null)
                return known;
            _views.TryAdd(key, null);
        }
        await Ask(key);
        return Find(key);
    }

    /// <summary>A grain tells of a change.</summary>
    public void Take(string key, T view)
    {
        lock (_gate)
        {
            if (!_views.TryGetValue(key, out var known) || (known is not null && source.VersionOf(known) >= source.VersionOf(view)))
                return;
            _views[key] = view;
        }
        changed(key, view);
    }

    /// <summary>Renews what is wanted here still, and lets go of the rest.</summary>
    public async Task Renew(Func<string, bool> isWanted)
    {
        List<string> keys;
        lock (_gate)
            keys = [.. _views.Keys];
        foreach (var key in keys)
            await (isWanted(key) ? Ask(key) : Forget(key));
    }

    private async Task Ask(string key)
    {
        try
        {
            Take(key, await source.Watch(key));
        }
        // The edge of one question: the next renewal asks again.
        catch (Exception failure)
        {
            LogNotWatched(logger, failure, typeof(T).Name, key);
        }
    }

    private async Task Forget(string key)
    {
        lock (_gate)
            _views.Remove(key);
        try
        {
            await source.Unwatch(key);
            if (IsWanted(key))
                await Ask(key);
        }
        // The lease ends by itself.
        catch (Exception failure)
        {
            LogNotWatched(logger, failure, typeof(T).Name, key);
        }
    }

    /// <summary>Somebody may want it again whose watch the end of the one before undid.</summary>
    private bool IsWanted(string key)
    {
        lock (_gate)
            return _views.ContainsKey(key);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{View} of {Key} could not be watched")]
    private static partial void LogNotWatched(ILogger logger, Exception failure, string view, string key);
}
