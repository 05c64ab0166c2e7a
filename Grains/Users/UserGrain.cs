using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;
using Webphone.Grains.Accounts;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Nodes;
using Webphone.Grains.Presence;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Users;

/// <summary>One person: devices, do-not-disturb, the calls they have, and who watches. No request waits for a store, a watcher or a call.</summary>
// Near the phone that registers, so that what a phone repeats all day stays on its node; users spread as their phones do.
[PreferLocalPlacement]
public sealed partial class UserGrain : Grain, IUserGrain
{
    /// <summary>How often calls in the list are asked whether they still are, so that no lost message leaves a lamp lit.</summary>
    public static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(60);

    private readonly IPersistentState<UserState> _user;
    private readonly IDirectory _directory;
    private readonly IHistoryStore _history;
    private readonly TimeProvider _time;
    private readonly ILogger<UserGrain> _log;
    private readonly IMembers _members;
    private readonly StateWriter<UserState> _writer;
    private readonly ActiveCalls _calls = new();
    private readonly Watchers<IUserWatcher> _watchers;
    private readonly string _tenant;
    private readonly string _extension;
    private LatestTeller<PresenceView>? _presenceTeller;
    private PresenceView _presence;
    private IGrainTimer? _expiry;
    private DateTimeOffset _expiryDue = DateTimeOffset.MaxValue;
    private IGrainTimer? _sweep;
    private bool _sweeping;

    public UserGrain(
        [PersistentState("user", GrainServices.Storage)] IPersistentState<UserState> user,
        IDirectory directory,
        IHistoryStore history,
        TimeProvider time,
        ILogger<UserGrain> log,
        IMembers? members = null)
    {
        _user = user;
        _directory = directory;
        _history = history;
        _time = time;
        _log = log;
        _members = members ?? new EveryNode();
        _writer = new StateWriter<UserState>(user, DeactivateOnIdle, time, log);
        _watchers = new Watchers<IUserWatcher>(WatchLease.Duration, time, log);
        (_tenant, _extension) = UserKey.Split(this.GetPrimaryKeyString());
        _presence = new PresenceView(_extension, 0, PresenceState.Offline, DoNotDisturb: false, Calls: 0, Watched: []);
    }

    private string Key => this.GetPrimaryKeyString();

    private UserState State
    {
        get => _user.State;
        set => _user.State = value;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        State = (State ?? new UserState()) with { Bindings = BindingRules.Restored(State?.Bindings ?? [], _time.GetUtcNow()) };
        _presence = PresenceNow();
        BindingsMoved();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _writer.Flush(cancellationToken);

    public Task<RegisterResult> Register(RegisterBindings request)
    {
        if (_directory.FindUser(_tenant, _extension) is null)
        {
            GrainMeter.Registration(RegisterRefusal.UnknownUser);
            if (State.Bindings.IsEmpty) DeactivateOnIdle();
            else Bind([], mustWrite: true);
            return Task.FromResult(new RegisterResult(RegisterRefusal.UnknownUser, []));
        }

        var before = State.Bindings;
        var change = BindingRules.Apply(before, request, _time.GetUtcNow());
        GrainMeter.Registration(change.Refusal);
        if (change.Refusal == RegisterRefusal.None)
        {
            Bind(change.Bindings, change.MustWrite);
            if (change.MustWrite) RingNew(before);
        }

        return Task.FromResult(new RegisterResult(change.Refusal, State.Bindings));
    }

    public Task FlowLost(string node, string flow)
    {
        var left = State.Bindings.RemoveAll(binding => binding.Node == node && binding.Flow == flow);
        if (left.Length < State.Bindings.Length) Bind(left, mustWrite: true);
        return Task.CompletedTask;
    }

    public Task<CallerDecision> PlaceCall(string callKey, string dialled, string? callerId = null)
    {
        var user = _directory.FindUser(_tenant, _extension);
        var refusal = user is null || callerId is not null && !user.CallerIds.Contains(callerId) ? CallEnd.Forbidden : ExpectCall(callKey) ? CallEnd.None : CallEnd.Overloaded;
        return Task.FromResult(new CallerDecision(refusal, new Party(refusal == CallEnd.None && callerId is not null ? callerId : _extension, user?.Name ?? ""), State.DoNotDisturb));
    }

    public Task<RingPlan> ReceiveCall(IncomingCall call)
    {
        var (tenant, user) = (_directory.FindTenant(_tenant), _directory.FindUser(_tenant, _extension));
        var devices = BindingRules.ToRing(State.Bindings, _members, _time.GetUtcNow());
        var refusal = tenant is null || user is null ? CallEnd.NotFound
            : State.DoNotDisturb ? CallEnd.DoNotDisturb
            : call.Intercom && IsTalking ? CallEnd.Busy
            : devices.IsEmpty && (call.Intercom || !State.Wakeable) ? CallEnd.Unreachable
            : ExpectCall(call.CallKey) ? CallEnd.None
            : CallEnd.Busy;
        var callee = new Party(_extension, user?.Name ?? "");
        return Task.FromResult(refusal == CallEnd.None
            ? new RingPlan(CallEnd.None, callee, State.Wakeable && !call.Intercom ? devices.Add(PushDevice.Binding) : devices, tenant!.RingTime, AnsweringOf(call, devices))
            : new RingPlan(refusal, callee, [], TimeSpan.Zero));
    }

    public Task<FoundDevices> FindDevices(string? device, string callKey)
    {
        if (device is null && _calls.Views.Any(call => call.CallKey != callKey && call.Phase == CallPhase.Connected && call.Parties.Any(party => party.Extension == _extension && party.Phase == LegPhase.Connected)))
            return Task.FromResult(new FoundDevices([], TalksElsewhere: true));
        var reachable = BindingRules.ToRing(State.Bindings, _members, _time.GetUtcNow());
        var asked = reachable.FirstOrDefault(binding => binding.Id == device);
        return Task.FromResult(new FoundDevices(
            reachable.RemoveAll(binding => device is not null && binding != asked && (asked is not { Instance.Length: > 0 } || binding.Instance != asked.Instance)), TalksElsewhere: false));
    }

    public Task<CallSettings> GetCallSettings() => Task.FromResult(State.CallSettings);

    public Task<bool> SetCallSettings(CallSettings settings)
    {
        if (!CallSettings.IsValid(settings)) return Task.FromResult(false);
        State = State with { CallSettings = settings };
        _writer.Changed();
        return Task.FromResult(true);
    }

    public Task SetWakeable(bool wakeable)
    {
        if (State.Wakeable == wakeable) return Task.CompletedTask;
        State = State with { Wakeable = wakeable };
        _writer.Changed();
        return Task.CompletedTask;
    }

    public Task CallChanged(CallView call)
    {
        Hear(call);
        return Task.CompletedTask;
    }

    public Task CallGoesOn(CallView call) => CallChanged(call);

    public Task<bool> SetDoNotDisturb(bool on)
    {
        if (State.DoNotDisturb != on)
        {
            State = State with { DoNotDisturb = on };
            _writer.Changed();
            LogDoNotDisturb(_log, Key, on);
            TellOfUser();
        }

        return Task.FromResult(on);
    }

    public Task<bool> ToggleDoNotDisturb() => SetDoNotDisturb(!State.DoNotDisturb);

    public Task<UserView> GetView() => Task.FromResult(View());

    public Task<ImmutableArray<HistoryEntry>> GetHistory(DateTimeOffset? before, int count) =>
        _history.List(_tenant, _extension, before, Math.Clamp(count, 0, TenantGrain.MaxCount));

    public Task<UserView> Watch(IUserWatcher watcher)
    {
        _watchers.Watch(watcher);
        return Task.FromResult(View());
    }

    public Task Unwatch(IUserWatcher watcher)
    {
        _watchers.Unwatch(watcher);
        return Task.CompletedTask;
    }

    private bool IsTalking => _calls.Views.Any(call => call.Phase == CallPhase.Connected);

    /// <summary>Nobody who talks is put through to somebody else by their own device.</summary>
    private ImmutableArray<AutoAnswer> AnsweringOf(IncomingCall call, ImmutableArray<Binding> devices) =>
        call.Intercom ? [.. devices.Select(device => new AutoAnswer(device.Id, TimeSpan.Zero))]
        : IsTalking ? []
        : State.CallSettings.AutoAnswer.RemoveAll(answers => devices.All(device => device.Id != answers.Device));

    private void Bind(ImmutableArray<Binding> bindings, bool mustWrite)
    {
        State = State with { Bindings = bindings };
        BindingsMoved();
        if (!mustWrite) return;
        _writer.Changed();
        TellOfUser();
    }

    /// <summary>Who was not here a moment ago, such as a browser that was woken, is rung by the calls that ring already.</summary>
    private void RingNew(ImmutableArray<Binding> before)
    {
        foreach (var device in State.Bindings)
        {
            if (before.Any(known => known.Id == device.Id)) continue;
            foreach (var callKey in _calls.NotAnswered) _ = RingNew(callKey, device);
        }
    }

    private async Task RingNew(string callKey, Binding device)
    {
        try
        {
            await GrainFactory.GetGrain<ICallGrain>(callKey).DeviceJoined(_extension, device).WaitAsync(EdgeLimits.CommandTimeout, _time);
        }
        catch (Exception error)
        {
            LogNotSwept(_log, Key, callKey, error);
        }
    }

    /// <summary>
    /// Sets the timer to the next expiry. It is left alone when that moves away, as refreshes make it do: it then finds nothing to do.
    /// While a device is bound the activation stays: storage does not know when it was last refreshed.
    /// </summary>
    private void BindingsMoved()
    {
        if (State.Bindings.IsEmpty)
        {
            DelayDeactivation(TimeSpan.Zero);
            return;
        }

        var now = _time.GetUtcNow();
        DelayDeactivation(State.Bindings.Max(binding => binding.ExpiresAt) - now + SweepEvery);
        var next = State.Bindings.Min(binding => binding.ExpiresAt);
        if (next >= _expiryDue) return;
        _expiryDue = next;
        var due = next > now ? next - now : TimeSpan.Zero;
        if (_expiry is null)
        {
            _expiry = this.RegisterGrainTimer(
                static (user, _) => user.Expire(), this, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan));
        }
        else
        {
            _expiry.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private Task Expire()
    {
        _expiryDue = DateTimeOffset.MaxValue;
        var left = BindingRules.WithoutExpired(State.Bindings, _time.GetUtcNow());
        Bind(left, mustWrite: left.Length < State.Bindings.Length);
        return Task.CompletedTask;
    }

    private bool ExpectCall(string callKey)
    {
        if (!_calls.Expect(callKey)) return false;
        WatchOverCalls();
        return true;
    }

    private void Hear(CallView call)
    {
        if (!_calls.Apply(call)) return;
        WatchOverCalls();
        _watchers.Tell(watcher => watcher.CallChanged(Key, call));
        if (PresenceMoved()) TellWatchers();
    }

    /// <summary>The sweep runs as long as there are calls, and keeps the activation while it does.</summary>
    private void WatchOverCalls()
    {
        if (_calls.Count == 0)
        {
            _sweep?.Dispose();
            _sweep = null;
        }
        else
        {
            _sweep ??= this.RegisterGrainTimer(
                static (user, _) => user.StartSweep(), this, new GrainTimerCreationOptions(SweepEvery, SweepEvery) { KeepAlive = true });
        }
    }

    private Task StartSweep()
    {
        // Calls may be slow to answer; nobody who wants the user waits for that.
        if (!_sweeping) _ = Sweep();
        return Task.CompletedTask;
    }

    private async Task Sweep()
    {
        _sweeping = true;
        foreach (var callKey in _calls.Keys.ToArray())
        {
            try
            {
                var view = await GrainFactory.GetGrain<ICallGrain>(callKey).GetView().WaitAsync(EdgeLimits.CommandTimeout, _time);
                if (view is not null) Hear(view);
                else Lose(callKey);
            }
            catch (Exception error)
            {
                LogNotSwept(_log, Key, callKey, error);
            }
        }

        _sweeping = false;
    }

    private void Lose(string callKey)
    {
        var last = _calls.Lose(callKey, _time.GetUtcNow());
        WatchOverCalls();
        if (last is null) return;
        LogLost(_log, Key, callKey);
        _watchers.Tell(watcher => watcher.CallChanged(Key, last));
        if (PresenceMoved()) TellWatchers();
    }

    private void TellOfUser()
    {
        PresenceMoved();
        TellWatchers();
    }

    private void TellWatchers()
    {
        if (!_watchers.Any) return;
        var view = View();
        _watchers.Tell(watcher => watcher.UserChanged(Key, view));
    }

    /// <summary>Publishes the presence when it is not what it was.</summary>
    private bool PresenceMoved()
    {
        var now = PresenceNow();
        if (now == _presence with { Version = now.Version }) return false;
        _presence = now;
        _presenceTeller ??= new LatestTeller<PresenceView>(GrainFactory.GetGrain<IPresenceGrain>(Key).Publish, "presence", _time, _log);
        _ = _presenceTeller.Tell(now);
        return true;
    }

    private PresenceView PresenceNow() => new(
        _extension,
        Versions.Next(_presence.Version, _time.GetUtcNow()),
        PresenceRules.Of(_extension, State.DoNotDisturb, !State.Bindings.IsEmpty, _calls.Views),
        State.DoNotDisturb,
        _calls.Views.Count(),
        PresenceRules.Watched(_extension, _calls.Views));

    private UserView View() => new(
        _extension,
        _directory.FindUser(_tenant, _extension)?.Name ?? "",
        State.DoNotDisturb,
        _presence,
        [.. State.Bindings.Select(binding => new DeviceView(binding.Id, binding.Contact, binding.UserAgent, binding.Flow, binding.ExpiresAt, binding.Instance, binding.Node))],
        [.. _calls.Views.OrderBy(call => call.StartedAt)])
    {
        Recording = RecordingRules.Of(_directory, _tenant, _extension),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "{UserKey}: do-not-disturb is {On}")]
    private static partial void LogDoNotDisturb(ILogger log, string userKey, bool on);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{UserKey}: call {CallKey} is gone without a word")]
    private static partial void LogLost(ILogger log, string userKey, string callKey);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{UserKey}: call {CallKey} does not answer")]
    private static partial void LogNotSwept(ILogger log, string userKey, string callKey, Exception error);
}
