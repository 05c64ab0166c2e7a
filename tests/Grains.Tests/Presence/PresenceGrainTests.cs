using Webphone.Grains.Presence;

namespace Webphone.Grains.Tests.Presence;

public sealed class PresenceGrainTests : IDisposable
{
    private readonly TestHost _host = new();

    [Fact]
    public void A_version_that_is_not_newer_is_not_shown()
    {
        var watcher = new RecordingWatcher();
        Watch(watcher);
        Publish(5_000_000_000_000_000, PresenceState.Ringing);
        Publish(4_000_000_000_000_000, PresenceState.Idle);
        Publish(5_000_000_000_000_000, PresenceState.OnCall);
        Publish(6_000_000_000_000_000, PresenceState.Held);
        Assert.Equal([PresenceState.Ringing, PresenceState.Held], watcher.Lamps.Select(lamp => lamp.State));
    }

    [Fact]
    public void Watching_gives_the_snapshot_to_start_from_and_a_second_edge_hears_the_same()
    {
        _host.Register("102", "desk");
        var (first, second) = (new RecordingWatcher(), new RecordingWatcher());
        Assert.Equal(PresenceState.Idle, Watch(first).State);
        Assert.Equal(PresenceState.Idle, Watch(second).State);
        _host.Do(() => _host.User("102").SetDoNotDisturb(true));
        Assert.Equal(first.Lamps, second.Lamps);
        Assert.Equal(PresenceState.DoNotDisturb, Assert.Single(first.Lamps).State);
    }

    [Fact]
    public void One_that_stopped_watching_hears_nothing()
    {
        var watcher = new RecordingWatcher();
        var reference = Reference(watcher);
        _host.Do(() => Grain.Watch(reference));
        _host.Do(() => Grain.Unwatch(reference));
        _host.Do(() => _host.User("102").SetDoNotDisturb(true));
        Assert.Empty(watcher.Lamps);
    }

    [Fact]
    public void An_extension_that_nobody_has_is_offline_and_wakes_no_user()
    {
        var before = _host.Cluster.ActivationCount;
        var lamp = _host.Get(() => _host.Cluster.Grains.GetGrain<IPresenceGrain>("acme/999").Get());
        Assert.Equal(PresenceState.Offline, lamp.State);
        Assert.Equal(before + 1, _host.Cluster.ActivationCount);
    }

    public void Dispose() => _host.Dispose();

    private IPresenceGrain Grain => _host.Cluster.Grains.GetGrain<IPresenceGrain>("acme/102");

    private IPresenceWatcher Reference(RecordingWatcher watcher) => _host.Cluster.Grains.CreateObjectReference<IPresenceWatcher>(watcher);

    private PresenceView Watch(RecordingWatcher watcher)
    {
        var reference = Reference(watcher);
        return _host.Get(() => Grain.Watch(reference));
    }

    private void Publish(long version, PresenceState state) => _host.Do(() => Grain.Publish(new PresenceView("102", version, state, false, 1)));

    private sealed class RecordingWatcher : IPresenceWatcher
    {
        public List<PresenceView> Lamps { get; } = [];

        public Task PresenceChanged(string userKey, PresenceView presence)
        {
            Lamps.Add(presence);
            return Task.CompletedTask;
        }
    }
}
