using Microsoft.Extensions.Logging;

namespace Webphone.WebFrontend.Hub;

/// <summary>
/// Views of one kind that grains tell this frontend, each once whatever number of browsers shows it: watched from when somebody here wants it, renewed with
/// the lease, and passed on in the order of versions. Safe from any thread.
/// </summary>
internal sealed partial class WatchedViews<T>(WatchedViews<T>.Source source, WatchedViews<T>.Told told, ILogger logger)
    where T : class
{
    private const int AskedAtOnce = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, T?> _views = [];

    /// <summary>A view is there, or another than before.</summary>
    public delegate void Told(string key, T? before, T now);

    /// <param name="Watch">Subscribes or renews; the snapshot to start from.</param>
    /// <param name="Unwatch">Ends that.</param>
    /// <param name="VersionOf">Only grows.</param>
    /// <param name="IsWanted">Whether somebody here shows it.</param>
    public sealed record Source(Func<string, Task<T>> Watch, Func<string, Task> Unwatch, Func<T, long> VersionOf, Func<string, bool> IsWanted);

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

    /// <summary>Watches all of them from now on.</summary>
    public Task Follow(IEnumerable<string> keys) => Each(keys, Follow);

    /// <summary>A grain tells of a change.</summary>
    public void Take(string key, T view)
    {
        T? known;
        lock (_gate)
        {
            if (!_views.TryGetValue(key, out known) || (known is not null && source.VersionOf(known) >= source.VersionOf(view)))
                return;
            _views[key] = view;
        }
        told(key, known, view);
    }

    /// <summary>Renews what is wanted here still, and lets go of the rest.</summary>
    public Task Renew()
    {
        List<string> keys;
        lock (_gate)
            keys = [.. _views.Keys];
        return Each(keys, key => source.IsWanted(key) ? Ask(key) : LetGo(key));
    }

    /// <summary>Watches it no longer, unless somebody here wants it still or again.</summary>
    public async Task LetGo(string key)
    {
        lock (_gate)
        {
            if (source.IsWanted(key) || !_views.Remove(key))
                return;
        }
        try
        {
            await source.Unwatch(key);
            // Somebody may want it again whose watch the end of the one before undid.
            if (IsWatched(key))
                await Ask(key);
        }
        // The lease ends by itself.
        catch (Exception failure)
        {
            LogNotWatched(logger, failure, typeof(T).Name, key);
        }
    }

    private static async Task Each(IEnumerable<string> keys, Func<string, Task> act)
    {
        foreach (var some in keys.Chunk(AskedAtOnce))
            await Task.WhenAll(some.Select(act));
    }

    private bool IsWatched(string key)
    {
        lock (_gate)
            return _views.ContainsKey(key);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "{View} of {Key} could not be watched")]
    private static partial void LogNotWatched(ILogger logger, Exception failure, string view, string key);
}
