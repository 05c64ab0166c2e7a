using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Rooms;

/// <summary>The shell of one room: steps <see cref="RoomMachine"/>, keeps its state, carries out the effects. No request waits for an effect.</summary>
// Where its first member is: the mix is on that node.
[PreferLocalPlacement]
public sealed partial class RoomGrain : Grain, IRoomGrain
{
    private const int Attempts = 4;
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>How long a room that comes back waits for the calls of those who were in.</summary>
    private static readonly TimeSpan LooksFor = TimeSpan.FromSeconds(2);

    private readonly IPersistentState<RoomState> _room;
    private readonly TimeProvider _time;
    private readonly ILogger<RoomGrain> _log;
    private readonly StateWriter<RoomState> _writer;
    private readonly Watchers<IRoomWatcher> _watchers;
    private readonly CommandLane<MixCommand> _mix;
    private readonly MixCommands _media;
    private readonly string _tenant;
    private readonly string _number;
    private LatestTeller<RoomLamp>? _lamp;
    private IGrainTimer? _sweep;

    public RoomGrain([PersistentState("room", GrainServices.Storage)] IPersistentState<RoomState> room, TimeProvider time, ILogger<RoomGrain> log)
    {
        _room = room;
        _time = time;
        _log = log;
        _writer = new StateWriter<RoomState>(room, DeactivateOnIdle, time, log);
        _watchers = new Watchers<IRoomWatcher>(WatchLease.Duration, time, log);
        (_tenant, _number) = UserKey.Split(this.GetPrimaryKeyString());
        _media = new MixCommands(GrainFactory, Key, time, log);
        _mix = new CommandLane<MixCommand>(_media.Run);
    }

    private string Key => this.GetPrimaryKeyString();

    private RoomState State
    {
        get => _room.State;
        set => _room.State = value;
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        State ??= new RoomState();
        if (!State.IsOn) return;
        LogBack(_log, Key, State.Members.Length);
        var gone = await Task.WhenAll(State.Members.Select(member => member.CallKey).Distinct().Select(WithoutCall));
        var now = _time.GetUtcNow();
        // Those who did not answer in time have until the lease is over.
        State = State with { Members = [.. State.Members.Select(member => member with { SeenAt = now })] };
        Take(new MembersLeave([.. State.Members.Where(member => gone.Contains(member.CallKey)).Select(member => member.Leg)]));
        foreach (var invitee in State.Invitees) _ = LookFor(invitee.CallKey);
        if (State.IsOn) Start();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _writer.Flush(cancellationToken);

    public Task<RoomAnswer> Join(JoinRoom request)
    {
        var refusal = Take(new MembersJoin(request));
        if (!State.IsOn) DeactivateOnIdle();
        return Task.FromResult(refusal == CallEnd.None ? new RoomAnswer(CallEnd.None, Ticket()) : RoomAnswer.Refused(refusal));
    }

    public Task Leave(ImmutableArray<LegId> legs)
    {
        Take(new MembersLeave(legs));
        return Task.CompletedTask;
    }

    public Task Hold(LegId leg, bool holding)
    {
        Take(new MemberHolds(leg, holding));
        return Task.CompletedTask;
    }

    public Task SpeakersChanged(string mix, ImmutableArray<EndpointId> speakers)
    {
        Take(new SpeakersHeard(mix[(mix.IndexOf('#', StringComparison.Ordinal) + 1)..], speakers));
        return Task.CompletedTask;
    }

    public Task<CallEnd> Mute(string byExtension, LegId leg, bool muted) => Task.FromResult(Take(new MuteAsked(byExtension, leg, muted)));

    public Task<CallEnd> Invite(InvitePerson request)
    {
        // No other call of the room has this one's version.
        var refusal = Take(new InviteAsked(request, UserKey.Of(_tenant, string.Create(CultureInfo.InvariantCulture, $"{_number}-{Versions.Next(State.Version, _time.GetUtcNow()):x}"))));
        if (!State.IsOn) DeactivateOnIdle();
        return Task.FromResult(refusal);
    }

    public Task InvitationOver(string callKey, CallEnd why)
    {
        Take(new InviteeLost(callKey, why));
        return Task.CompletedTask;
    }

    public Task<CallEnd> Kick(string byExtension, LegId leg) => Task.FromResult(Take(new KickAsked(byExtension, leg)));

    public Task<CallEnd> Lock(string byExtension, bool locked) => Task.FromResult(Take(new LockAsked(byExtension, locked)));

    public Task<RoomView> GetView()
    {
        // Anyone can ask for a room that is not on; it must not stay in memory.
        if (!State.IsOn && !_watchers.Any) DeactivateOnIdle();
        return Task.FromResult(View());
    }

    public Task<RoomView> Watch(IRoomWatcher watcher)
    {
        _watchers.Watch(watcher);
        return Task.FromResult(View());
    }

    public Task Unwatch(IRoomWatcher watcher)
    {
        _watchers.Unwatch(watcher);
        return Task.CompletedTask;
    }

    private CallEnd Take(RoomEvent input)
    {
        var step = RoomMachine.Step(State, input, _time.GetUtcNow());
        if (step.State.IsOn != State.IsOn) LogOn(_log, Key, step.State.IsOn);
        State = step.State;
        foreach (var effect in step.Effects) CarryOut(effect);
        return step.Refusal;
    }

    private void CarryOut(RoomEffect effect)
    {
        switch (effect)
        {
            case SaveRoom:
                _writer.Changed();
                break;
            case PublishRoom:
                var view = View();
                _watchers.Tell(watcher => watcher.RoomChanged(view));
                TellLamp();
                break;
            case RenewLamp:
                TellLamp();
                break;
            case StartSweep:
                Start();
                break;
            case CloseRoom:
                _sweep?.Dispose();
                _sweep = null;
                break;
            case MixCommand command:
                _mix.Post(command);
                break;
            case MoveMembers move:
                _ = Tell(move.CallKey, call => call.RoomMoved(Ticket()));
                break;
            case CallInvitee call:
                _ = Call(call.Invitee);
                break;
            case CancelInvitee cancel:
                _ = Tell(cancel.CallKey, call => call.HangUp(CallEnd.Cancelled));
                break;
            case LookForInvitee look:
                _ = LookFor(look.CallKey);
                break;
            case TellInviter tell:
                _ = Tell(tell.CallKey, call => call.InvitationOver(tell.RequestId, tell.Leg, tell.Why));
                break;
            case DismissMember dismiss:
                _ = Tell(dismiss.CallKey, call => call.Dismiss(dismiss.Leg, dismiss.Reason));
                break;
            default:
                throw new InvalidOperationException($"Nobody carries out {effect}.");
        }
    }

    private void Start() => _sweep ??= this.RegisterGrainTimer(
        static (room, _) =>
        {
            room.Take(new SweepDue());
            return Task.CompletedTask;
        },
        this,
        new GrainTimerCreationOptions(RoomMachine.SweepEvery, RoomMachine.SweepEvery) { KeepAlive = true });

    private void TellLamp()
    {
        _lamp ??= new LatestTeller<RoomLamp>(GrainFactory.GetGrain<ITenantRoomsGrain>(_tenant).RoomChanged, "rooms of the tenant", _time, _log);
        _ = _lamp.Tell(new RoomLamp(_number, State.Host, State.Members.Length, State.Version));
    }

    private RoomTicket Ticket() => new(_number, State.Node, MixCommands.NameOf(Key, State.Mix));

    private RoomView View() => new(
        Key,
        _number,
        State.Version,
        State.Host,
        State.Locked,
        [.. State.Members.Select(member => new RoomMemberView(
            member.Leg, member.CallKey, member.Extension, member.Party, member.JoinedAt, member.Muted, member.Holding, member.Speaking))],
        State.StartedAt,
        [.. State.Invitees.Select(invitee => new RoomInviteeView(invitee.Leg, invitee.Extension, invitee.Party, invitee.ByParty, invitee.AskedAt))]);

    private async Task Call(RoomInvitee invitee)
    {
        var request = new CallIntoRoom(invitee.Extension, invitee.ByExtension, invitee.ByParty, Ticket(), invitee.Extension.Length > 0 ? null : invitee.Party.Number);
        // Not again once it is known what became of the first time.
        if (!await Tell(invitee.CallKey, call => State.Invitees.Any(known => known.CallKey == invitee.CallKey) ? call.CallIn(request) : Task.CompletedTask)) Take(new InviteeLost(invitee.CallKey, CallEnd.Failed));
    }

    /// <summary>The call may be gone without a word; one that does not say is asked again later.</summary>
    private async Task LookFor(string callKey)
    {
        try
        {
            var view = await GrainFactory.GetGrain<ICallGrain>(callKey).GetView().WaitAsync(LooksFor, _time);
            if (view is null or { Phase: CallPhase.Ended }) Take(new InviteeLost(callKey, CallEnd.Failed));
        }
        catch (Exception error)
        {
            LogNotTold(_log, Key, callKey, error);
        }
    }

    /// <summary>The key when the call is gone, or not in this room any more; null when it is in, or does not say.</summary>
    private async Task<string?> WithoutCall(string callKey)
    {
        try
        {
            var view = await GrainFactory.GetGrain<ICallGrain>(callKey).GetView().WaitAsync(LooksFor, _time);
            return view?.Room == _number ? null : callKey;
        }
        catch (Exception error)
        {
            LogNotTold(_log, Key, callKey, error);
            return null;
        }
    }

    /// <summary>A call that cannot be told finds out when it next says that it is in.</summary>
    private async Task<bool> Tell(string callKey, Func<ICallGrain, Task> what)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (attempt > 1) await Task.Delay(AgainAfter, _time);
            try
            {
                await what(GrainFactory.GetGrain<ICallGrain>(callKey)).WaitAsync(EdgeLimits.CommandTimeout, _time);
                return true;
            }
            catch (Exception error)
            {
                LogNotTold(_log, Key, callKey, error);
            }
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Room {RoomKey}: on is {On}")]
    private static partial void LogOn(ILogger log, string roomKey, bool on);

    [LoggerMessage(Level = LogLevel.Information, Message = "Room {RoomKey}: is back with {Members} members")]
    private static partial void LogBack(ILogger log, string roomKey, int members);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Room {RoomKey}: call {CallKey} does not answer")]
    private static partial void LogNotTold(ILogger log, string roomKey, string callKey, Exception error);
}
