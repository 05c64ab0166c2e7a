using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Presence;

/// <summary>
/// Fans one user's presence out to edges. It keeps nothing that must not get lost: a new activation asks the user, edges that renew their watch bring
/// themselves back, and phones publish again what they said.
/// </summary>
// Near its user, who tells it most of what it hears.
[PreferLocalPlacement]
public sealed partial class PresenceGrain : Grain, IPresenceGrain
{
    /// <summary>How often the user is asked while someone watches, so that news which got lost is made up for.</summary>
    public static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(60);

    private readonly IDirectory _directory;
    private readonly TimeProvider _time;
    private readonly ILogger<PresenceGrain> _log;
    private readonly Watchers<IPresenceWatcher> _watchers;
    private readonly Publications _publications = new();
    private PresenceView? _view;
    private IGrainTimer? _expiry;
    private DateTimeOffset _askedAt;

    public PresenceGrain(IDirectory directory, TimeProvider time, ILogger<PresenceGrain> log)
    {
        _directory = directory;
        _time = time;
        _log = log;
        _watchers = new Watchers<IPresenceWatcher>(WatchLease.Duration, time, log);
    }

    private string Key => this.GetPrimaryKeyString();

    public Task Publish(PresenceView view)
    {
        _askedAt = _time.GetUtcNow();
        Hear(view);
        return Task.CompletedTask;
    }

    public async Task<PublicationAnswer> PublishStatus(Publication publication)
    {
        if (_view is null) await Ask();
        var tag = _publications.Apply(publication, _time.GetUtcNow());
        if (tag is not null) Said();
        return new PublicationAnswer(tag);
    }

    public async Task<PresenceView> Get() => _view ?? await Ask() ?? Nobody();

    public async Task<PresenceView> Watch(IPresenceWatcher watcher)
    {
        var view = await Get();
        // After the question, whose answer would otherwise tell the new watcher what it is told here.
        _watchers.Watch(watcher);
        if (_time.GetUtcNow() - _askedAt >= AskEvery) _ = Ask();
        return view;
    }

    public Task Unwatch(IPresenceWatcher watcher)
    {
        _watchers.Unwatch(watcher);
        return Task.CompletedTask;
    }

    private void Hear(PresenceView view)
    {
        if (_view is not null && _view.Version >= view.Version) return;
        var known = _view;
        view = view with { Said = _publications.Newest };
        _view = view;
        if (known is null || known with { Version = view.Version } != view) _watchers.Tell(watcher => watcher.PresenceChanged(Key, view));
    }

    /// <summary>Tells what the phones say now, and looks again when the next of that is over.</summary>
    private void Said()
    {
        var now = _time.GetUtcNow();
        _expiry?.Dispose();
        _expiry = null;
        if (_publications.NextEnd is { } end)
        {
            DelayDeactivation(end - now + AskEvery);
            _expiry = this.RegisterGrainTimer(
                static (presence, _) => presence.Expire(), this, new GrainTimerCreationOptions(end > now ? end - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        }

        var view = _view ?? Nobody();
        Hear(view with { Version = Versions.Next(view.Version, now) });
    }

    private Task Expire()
    {
        _publications.Expire(_time.GetUtcNow());
        Said();
        return Task.CompletedTask;
    }

    private async Task<PresenceView?> Ask()
    {
        _askedAt = _time.GetUtcNow();
        var (tenant, extension) = UserKey.Split(Key);
        // Anyone may ask for anything; only those who exist are woken for it.
        if (_directory.FindUser(tenant, extension) is null) return null;
        try
        {
            var told = (await GrainFactory.GetGrain<IUserGrain>(Key).GetView().WaitAsync(EdgeLimits.CommandTimeout, _time)).Presence;
            // What the user says when asked is how it is, even if they have restarted and count from lower.
            if (_view is not null && told.Version <= _view.Version && told != _view with { Version = told.Version, Said = told.Said })
                told = told with { Version = _view.Version + 1 };
            Hear(told);
        }
        catch (Exception error)
        {
            LogUserFailed(_log, Key, error);
        }

        return _view;
    }

    private PresenceView Nobody() => new(UserKey.Split(Key).Extension, 0, PresenceState.Offline, DoNotDisturb: false, Calls: 0, Watched: []);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{UserKey}: the user does not say how they are")]
    private static partial void LogUserFailed(ILogger log, string userKey, Exception error);
}
