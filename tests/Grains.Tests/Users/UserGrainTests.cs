using Webphone.Grains.Calls;
using Webphone.Grains.Presence;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Users;

public sealed class UserGrainTests : IDisposable
{
    private readonly TestHost _host = new();

    [Fact]
    public void A_registered_device_is_rung_with_the_name_of_who_is_called()
    {
        _host.Register("102", "desk");
        var plan = Receive("102");
        Assert.Equal(CallEnd.None, plan.Refusal);
        Assert.Equal("desk", Assert.Single(plan.Devices).Id);
        Assert.Equal((new Party("102", "User 102"), TimeSpan.FromSeconds(30)), (plan.Callee, plan.RingTime));
    }

    [Fact]
    public void Only_changes_are_written()
    {
        _host.Register("102", "desk", cseq: 1);
        Assert.Equal(1, _host.Storage.Writes);
        for (var cseq = 2; cseq < 10; cseq++) _host.Register("102", "desk", cseq);
        Assert.Equal(1, _host.Storage.Writes);
        _host.Register("102", "mobile");
        Assert.Equal(2, _host.Storage.Writes);
    }

    [Fact]
    public void A_store_that_is_away_keeps_nobody_from_registering_and_gets_it_later()
    {
        _host.Storage.IsAway = true;
        Assert.Equal(RegisterRefusal.None, _host.Register("102", "desk").Refusal);
        Assert.Single(Receive("102").Devices);
        _host.Storage.IsAway = false;
        _host.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal(1, _host.Storage.Writes);
    }

    [Fact]
    public void A_device_that_is_not_refreshed_expires_and_the_lamp_goes_out()
    {
        _host.Register("102", "desk", granted: TimeSpan.FromMinutes(10));
        _host.Wait(TimeSpan.FromMinutes(9));
        _host.Register("102", "desk", cseq: 2, granted: TimeSpan.FromMinutes(10));
        _host.Wait(TimeSpan.FromMinutes(9));
        Assert.Equal(PresenceState.Idle, Lamp("102").State);
        _host.Wait(TimeSpan.FromMinutes(1.1));
        Assert.Equal(CallEnd.Unreachable, Receive("102").Refusal);
        Assert.Equal(PresenceState.Offline, Lamp("102").State);
        Assert.Equal(2, _host.Storage.Writes);
    }

    [Fact]
    public void A_bound_user_stays_in_memory_beyond_the_age_of_idle_grains()
    {
        _host.Register("102", "desk", granted: TimeSpan.FromHours(2));
        _host.Wait(TimeSpan.FromHours(1.5));
        // A new activation would count the whole time from now.
        Assert.Equal(_host.Now + TimeSpan.FromHours(0.5), Assert.Single(Receive("102").Devices).ExpiresAt);
    }

    [Fact]
    public void After_the_process_was_killed_phones_can_be_called_before_they_register_again()
    {
        _host.Register("102", "desk", granted: TimeSpan.FromHours(1));
        _host.Do(() => _host.User("103").SetDoNotDisturb(true));
        _host.Wait(TimeSpan.FromMinutes(30));
        _host.Crash();
        Assert.Equal(_host.Now + TimeSpan.FromHours(1), Assert.Single(Receive("102").Devices).ExpiresAt);
        Assert.Equal(CallEnd.DoNotDisturb, Receive("103").Refusal);
        Assert.Equal(PresenceState.Idle, Lamp("102").State);
        _host.Wait(TimeSpan.FromMinutes(61));
        Assert.Equal(CallEnd.Unreachable, Receive("102").Refusal);
    }

    [Fact]
    public void A_broken_flow_takes_its_devices_with_it()
    {
        _host.Register("102", "desk");
        _host.Register("102", "mobile");
        _host.Do(() => _host.User("102").FlowLost("n2", "flow-desk"));
        Assert.Equal(2, Receive("102").Devices.Length);
        _host.Do(() => _host.User("102").FlowLost("n1", "flow-desk"));
        Assert.Equal("mobile", Assert.Single(Receive("102").Devices).Id);
    }

    [Fact]
    public void Who_is_not_in_the_directory_can_do_nothing()
    {
        Assert.Equal(RegisterRefusal.UnknownUser, _host.Register("999", "desk").Refusal);
        Assert.Equal(CallEnd.NotFound, Receive("999").Refusal);
        Assert.Equal(CallEnd.Forbidden, _host.Get(() => _host.User("999").PlaceCall("acme/x", "101")).Refusal);
    }

    [Trait("Feature", "INC-07")]
    [Trait("Feature", "INC-10")]
    [Trait("Feature", "AVL-02")]
    [Fact]
    public void Do_not_disturb_refuses_every_call_until_it_is_off()
    {
        _host.Register("102", "desk");
        Assert.True(_host.Get(() => _host.User("102").ToggleDoNotDisturb()));
        Assert.Equal(CallEnd.DoNotDisturb, Receive("102").Refusal);
        Assert.Equal((PresenceState.DoNotDisturb, true), (Lamp("102").State, Lamp("102").DoNotDisturb));
        Assert.False(_host.Get(() => _host.User("102").ToggleDoNotDisturb()));
        Assert.Equal(CallEnd.None, Receive("102").Refusal);
    }

    [Fact]
    public void The_twenty_first_call_is_busy_for_the_callee_and_overload_for_the_caller()
    {
        _host.Register("102", "desk");
        for (var i = 0; i < UserLimits.Calls; i++) Assert.Equal(CallEnd.None, Receive("102", $"acme/{i}").Refusal);
        Assert.Equal(CallEnd.Busy, Receive("102", "acme/more").Refusal);
        Assert.Equal(CallEnd.Overloaded, _host.Get(() => _host.User("102").PlaceCall("acme/more", "101")).Refusal);
    }

    [Fact]
    public void A_call_that_is_gone_without_a_word_is_swept_from_list_and_lamp()
    {
        _host.Register("102", "desk");
        var watcher = new RecordingWatcher();
        Watch("102", watcher);
        _host.Do(() => _host.User("102").CallChanged(View(version: 5)));
        Assert.Equal(PresenceState.Ringing, Lamp("102").State);
        _host.Wait(UserGrain.SweepEvery + TimeSpan.FromSeconds(1));
        Assert.Equal(PresenceState.Idle, Lamp("102").State);
        Assert.Equal((CallPhase.Ended, CallEnd.Interrupted), (watcher.Calls[^1].Phase, watcher.Calls[^1].End));
    }

    [Fact]
    public void A_watcher_is_told_each_change_once_in_order_of_versions()
    {
        var watcher = new RecordingWatcher();
        Watch("102", watcher);
        foreach (var version in new[] { 2, 1, 2, 5, 3, 6 }) _host.Do(() => _host.User("102").CallChanged(View(version)));
        Assert.Equal([2, 5, 6], watcher.Calls.Select(call => call.Version));
    }

    [Fact]
    public void A_watcher_that_does_not_renew_hears_nothing_after_its_lease()
    {
        var watcher = new RecordingWatcher();
        Watch("102", watcher);
        _host.Wait(WatchLease.Duration - TimeSpan.FromSeconds(1));
        _host.Do(() => _host.User("102").SetDoNotDisturb(true));
        Assert.Single(watcher.Users);
        _host.Wait(TimeSpan.FromSeconds(2));
        _host.Do(() => _host.User("102").SetDoNotDisturb(false));
        Assert.Single(watcher.Users);
    }

    [Fact]
    public void A_watcher_that_fails_is_dropped_and_the_others_hear_on()
    {
        var (broken, well) = (new RecordingWatcher { Fails = true }, new RecordingWatcher());
        Watch("102", broken);
        Watch("102", well);
        _host.Do(() => _host.User("102").SetDoNotDisturb(true));
        _host.Do(() => _host.User("102").SetDoNotDisturb(false));
        Assert.Equal(1, broken.Attempts);
        Assert.Equal([true, false], well.Users.Select(user => user.DoNotDisturb));
    }

    [Fact]
    public void The_view_shows_devices_calls_and_presence()
    {
        _host.Register("102", "desk");
        _host.Do(() => _host.User("102").CallChanged(View(version: 5)));
        var view = _host.Get(() => _host.User("102").GetView());
        Assert.Equal(("102", "User 102"), (view.Extension, view.Name));
        Assert.Equal("flow-desk", Assert.Single(view.Devices).Flow);
        Assert.Equal("acme/ghost", Assert.Single(view.Calls).CallKey);
        Assert.Equal((PresenceState.Ringing, 1), (view.Presence.State, view.Presence.Calls));
    }

    public void Dispose() => _host.Dispose();

    private RingPlan Receive(string extension, string callKey = "acme/ghost") =>
        _host.Get(() => _host.User(extension).ReceiveCall(new IncomingCall(callKey, new Party("101", "Ann"), "101")));

    private PresenceView Lamp(string extension) => _host.Get(() => _host.Cluster.Grains.GetGrain<IPresenceGrain>($"acme/{extension}").Get());

    private void Watch(string extension, RecordingWatcher watcher)
    {
        var reference = _host.Cluster.Grains.CreateObjectReference<IUserWatcher>(watcher);
        _host.Do(() => _host.User(extension).Watch(reference));
    }

    private CallView View(long version) => new(
        "acme/ghost", version, CallPhase.Ringing, "102", [new PartyView(new LegId("x"), "102", new Party("102", ""), IsCaller: false, LegPhase.Ringing)],
        _host.Now, null, null, CallEnd.None);

    private sealed class RecordingWatcher : IUserWatcher
    {
        public List<CallView> Calls { get; } = [];

        public List<UserView> Users { get; } = [];

        public bool Fails { get; init; }

        public int Attempts { get; private set; }

        public Task CallChanged(string userKey, CallView call)
        {
            Calls.Add(call);
            return Task.CompletedTask;
        }

        public Task UserChanged(string userKey, UserView user)
        {
            Attempts++;
            if (Fails) throw new InvalidOperationException("This frontend is broken.");
            Users.Add(user);
            return Task.CompletedTask;
        }
    }
}
