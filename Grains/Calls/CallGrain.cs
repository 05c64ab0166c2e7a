using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Webphone.Grains.Nodes;
using Webphone.Grains.Recordings;
using Webphone.Grains.Rooms;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Calls;

/// <summary>
/// The shell of one call: reads it back, steps <see cref="CallMachine"/>, writes it down, carries out the effects.
/// </summary>
/// <remarks>
/// No request waits for an effect: a report is taken at once, however slow the edges are. Effects run as tasks in the grain's own turns
/// and come back as events. What one leg is told keeps its order; legs do not wait for each other. Media follows what the caller's leg
/// was told, so that it meets an endpoint that knows its codec.
/// A step is one turn with no await in it, and the journal has it before its first effect starts, so an activation may go at any await:
/// the next one reads the call back and asks again for what was not done (<see cref="Recovered"/>). A call that starts asks the store for
/// nothing, so calls can be made while it is away.
/// </remarks>
// Where its caller is: most of what it does goes to the caller's edge and media.
[PreferLocalPlacement]
public sealed partial class CallGrain : Grain, ICallGrain
{
    private static readonly TimeSpan MovedRemembered = TimeSpan.FromSeconds(30);

    /// <summary>A call that came back looks which legs are left, once what it asks for again has reached the nodes.</summary>
    private static readonly TimeSpan LookAfterReturn = TimeSpan.FromSeconds(2);

    private readonly IDirectory _directory;
    private readonly ICallJournal _journal;
    private readonly NodeBook _book;
    private readonly TimeProvider _time;
    private readonly ILogger<CallGrain> _log;
    private readonly Dictionary<CallTimers, IGrainTimer> _timers = [];
    private readonly Dictionary<LegId, CommandLane<CallEffect>> _lanes = [];
    private readonly Queue<CallEvent> _inputs = [];
    private readonly CallRecordings _recordings;
    private CallTelling? _telling;
    private NodeCommands? _nodes;
    private CallHandovers? _handovers;
    private CallQuestions? _questions;
    private CallPlaceCommands? _places;
    private CommandLane<CallEffect>? _placesLane;
    private CommandLane<CallEffect>? _media;
    private CallState? _state;
    private TaskCompletionSource? _drained;
    private IGrainTimer? _moved;
    private int _effectsUnderWay;
    private bool _read;
    private bool _stepping;
    private bool _left;

    public CallGrain(IDirectory directory, ICallJournal journal, NodeBook book, TimeProvider time, ILogger<CallGrain> log)
    {
        _directory = directory;
        _recordings = new CallRecordings(directory, static () => Guid.NewGuid().ToString("N"));
        _journal = journal;
        _book = book;
        _time = time;
        _log = log;
    }

    private string Key => this.GetPrimaryKeyString();

    private CallTelling Telling => _telling ??= new CallTelling(GrainFactory, Key, _time, _log);

    private NodeCommands Nodes => _nodes ??= new NodeCommands(_book, Telling, Key, _time, _log);

    private CallHandovers Handovers => _handovers ??= new CallHandovers(GrainFactory, _time, _log);

    private CallQuestions Questions => _questions ??= new CallQuestions(GrainFactory, _directory, Key, _time, _log);

    private CallPlaceCommands Places => _places ??= new CallPlaceCommands(GrainFactory, Key, _directory, _time, _log);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // A call that is over has nobody left who would bring it back, so it finishes what it began.
        if (_state is { Stage: CallStage.Ending } && _effectsUnderWay > 0)
        {
            _drained = new TaskCompletionSource();
            await _drained.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        _left = true;
        _questions?.Leave();
        if (_state is { Stage: not CallStage.Ended }) await _journal.Leave(Key, cancellationToken);
        // A call that goes on comes back at once: its timers went with this activation. Where the process ends there is nothing to come back to.
        if (_state is { EndedAt: null } && reason.ReasonCode != DeactivationReasonCode.ShuttingDown) _ = Return();
    }

    private async Task Return()
    {
        try
        {
            await GrainFactory.GetGrain<ICallGrain>(Key).GetView();
        }
        catch (Exception error)
        {
            // Whoever reports next, or the sweep of live calls, brings it back instead.
            LogNotBack(_log, Key, error);
        }
    }

    public Task Start(StartCall request)
    {
        if (!Key.StartsWith(request.Tenant + "/", StringComparison.Ordinal)) throw new ArgumentException($"Call {Key} is not of tenant {request.Tenant}.", nameof(request));
        if (request.Again && !_read) return StartAgain(request);
        _read = true;
        if (_state is not null) return Task.CompletedTask;
        LogStarted(_log, Key, request.Leg, request.CallerExtension);
        GrainMeter.CallStarted();
        var destination = request.Outside is { } outside
            ? NumberingPlan.ResolveInbound(request.Dialled, outside.Trunk, request.Tenant, _directory)
            : NumberingPlan.Resolve(request.Dialled, request.Tenant, _directory);
        Run(CallMachine.Start(Key, new CallStarted(request, destination), _time.GetUtcNow()));
        return Task.CompletedTask;
    }

    public Task<ReportAnswer> Report(LegEvent legEvent)
    {
        if (!_read) return ReadThenReport(legEvent);
        if (_state?.FindLeg(legEvent.Leg) is not { } leg)
        {
            LeaveIfUnknown();
            return Task.FromResult(ReportAnswer.NotOwned);
        }

        // Its edge has not heard yet that another call has it.
        if (leg.Stage == LegStage.Moved) return GrainFactory.GetGrain<ICallGrain>(_state.Giving!.To).Report(legEvent);
        if (legEvent is LegAnswered answer) Nodes.Answered(answer);
        Telling.Hear(legEvent.Leg);
        // The answer to its ring may still be on its way, and who calls is to hear things in order.
        if (legEvent is LegAnswered { Rang: true } && leg.Stage == LegStage.Calling) Take(new LegReported(new LegRinging(leg.Id)));
        Take(new LegReported(legEvent));
        var news = Telling.Answer();
        // A leg that was given up is still ours to end, and for the right reason: its edge is being told.
        var isTaken = legEvent is LegEnded || _state.FindLeg(legEvent.Leg)!.Stage != LegStage.Ended;
        return Task.FromResult(news is null ? ReportAnswer.Of(isTaken) : new ReportAnswer(isTaken, news));
    }

    public async Task Transfer(TransferRequest request)
    {
        await ReadBack();
        if (_state is null) LeaveIfUnknown();
        else Take(new TransferAsked(request, NumberingPlan.Resolve(request.Target, _state.Tenant, _directory)));
    }

    public async Task<RecordingRefusal> Record(string extension, RecordingAct act)
    {
        await ReadBack();
        if (_state is null)
        {
            LeaveIfUnknown();
            return RecordingRefusal.NotFound;
        }

        var refusal = _recordings.Judge(_state, extension, act);
        if (refusal == RecordingRefusal.None) Take(new RecordingAsked(extension, act));
        return refusal;
    }

    public async Task<CallEnd> Adopt(AdoptRequest request)
    {
        await ReadBack();
        if (_state is null)
        {
            LeaveIfUnknown();
            return CallEnd.NotFound;
        }

        Take(new PartyOffered(request));
        return _state.Owns(request.Party.Leg) ? CallEnd.None : CallEnd.NotFound;
    }

    public async Task CallIn(CallIntoRoom request)
    {
        await ReadBack();
        if (_state is not null) return;
        LogCallsIn(_log, Key, request.Room.Number, request.Outside ?? request.Extension);
        GrainMeter.CallStarted();
        Run(CallInvitations.Start(Key, request, _time.GetUtcNow()));
    }

    public Task InvitationOver(string requestId, LegId leg, CallEnd why) => Tell(new InviteeSettled(requestId, leg, why));

    public Task RoomMoved(RoomTicket ticket) => Tell(new RoomMovedTo(ticket));

    public Task Dismiss(LegId leg, CallEnd reason) => Tell(new LegDismissed(leg, reason));

    public Task DeviceJoined(string extension, Binding device) => Tell(new DeviceJoined(extension, device));

    public Task HangUp(CallEnd reason) => Tell(new HangUpRequested(reason));

    public async Task Sweep()
    {
        await ReadBack();
        if (_state is null) LeaveIfUnknown();
        else Take(new TimerFired(CallTimers.Sweep));
    }

    public async Task<CallView?> GetView()
    {
        await ReadBack();
        LeaveIfUnknown();
        return _state is null ? null : CallViews.Of(_state);
    }

    private async Task Tell(CallEvent input)
    {
        await ReadBack();
        if (_state is null) LeaveIfUnknown();
        else Take(input);
    }

    private async Task StartAgain(StartCall request)
    {
        await ReadBack();
        await Start(request);
    }

    private async Task<ReportAnswer> ReadThenReport(LegEvent legEvent)
    {
        await ReadBack();
        return await Report(legEvent);
    }

    /// <summary>Takes the call from the journal if this activation is not its first. No other request comes in between.</summary>
    private async ValueTask ReadBack()
    {
        if (_read) return;
        var record = await _journal.Read(Key);
        _read = true;
        if (record is not { Ended: false, SchemaVersion: CallState.SchemaVersion }) return;
        _state = record.State with { Epoch = record.State.Epoch + 1 };
        LogRecovered(_log, Key, record.State.Stage);
        // From here on the store refuses what an older activation may still write, on a node that does not know that it was given up.
        WriteDown(_state);
        Take(new Recovered());
        // Legs may have ended meanwhile and found nobody to report it to, or went with their node.
        this.RegisterGrainTimer(
            static (grain, _) =>
            {
                grain.Take(new TimerFired(CallTimers.Sweep));
                return Task.CompletedTask;
            },
            this,
            new GrainTimerCreationOptions(LookAfterReturn, Timeout.InfiniteTimeSpan) { KeepAlive = true });
    }

    /// <summary>Steps through the event. One that comes while a step's effects are being started waits until all of them are.</summary>
    private void Take(CallEvent input)
    {
        // The next activation has asked again for what this is the answer to.
        if (_left) return;
        if (_stepping) _inputs.Enqueue(input);
        else Run(Step(input));
    }

    private CallStep Step(CallEvent input)
    {
        var now = _time.GetUtcNow();
        return input is RecordingEvent recording
            ? _recordings.Step(_state!, recording, now)
            : _recordings.Follow(_state, input, CallMachine.Step(_state!, input, now), now);
    }

    private void Run(CallStep step)
    {
        _stepping = true;
        try
        {
            Enter(step);
            while (_inputs.TryDequeue(out var next)) Enter(Step(next));
        }
        finally
        {
            _stepping = false;
        }
    }

    private void Enter(CallStep step)
    {
        var before = _state;
        _state = step.State;
        if (before is not null && before.Stage != step.State.Stage) LogStage(_log, Key, before.Stage, step.State.Stage);
        if (before?.EndedAt is null && step.State.EndedAt is not null) Over(step.State);
        Telling.Board(step.State, step.Effects);
        foreach (var effect in step.Effects) CarryOut(effect);
    }

    private void CarryOut(CallEffect effect)
    {
        var state = _state!;
        switch (effect)
        {
            case Journal:
                WriteDown(state);
                break;
            case PublishView:
                foreach (var telling in Telling.Publish(state)) _ = Background(Told(telling));
                break;
            case not null when CallQuestions.Asks(effect):
                _ = Background(Questions.Ask(effect, state));
                break;
            case AskTrunk ask:
                Take(new CalleeDecided(Outsider.PlanOf(ask, state.Tenant, _directory)));
                break;
            case AskStillHeld ask:
                _ = Background(Nodes.Run(ask));
                break;
            case OfferParty:
                // After what was asked of the media: the other call connects the party, and nothing of ours may come behind that.
                Media(state).Post(effect);
                break;
            case not null when CallPlaceCommands.CarriesOut(effect):
                // In order: what is out must not be said to be in after that.
                (_placesLane ??= new CommandLane<CallEffect>(asked => Background(Places.Run(asked)))).Post(effect);
                break;
            case ForwardReport forward:
                _ = Background(Handovers.Forward(forward));
                break;
            case LegCommand command:
                // Who is slow to ring must not ring on for that. In order it is ended once more, should one have overtaken the other.
                if (command is EndLeg end && LaneOf(end.Leg).Running is RingDevice) _ = Background(Nodes.Hurry(end));
                LaneOf(command.Leg).Post(command);
                break;
            case MediaCommand command:
                Media(state).Post(command);
                break;
            case StartTimer start:
                Start(start);
                break;
            case StopTimer stop:
                if (_timers.Remove(stop.Timer, out var timer)) timer.Dispose();
                break;
            case Retire:
                LeaveIfDone();
                break;
            default:
                throw new InvalidOperationException($"Nobody carries out {effect}.");
        }
    }

    private void WriteDown(CallState state) => _journal.Append(new CallRecord(
        Key, state.Tenant, CallState.SchemaVersion, state, CallHistory.EntriesOf(state), Ended: state.Stage == CallStage.Ended));

    private void Start(StartTimer start)
    {
        var period = start.Timer == CallTimers.Sweep ? start.Due : Timeout.InfiniteTimeSpan;
        if (_timers.TryGetValue(start.Timer, out var running))
        {
            running.Change(start.Due, period);
            return;
        }

        _timers[start.Timer] = this.RegisterGrainTimer(
            static (tick, _) =>
            {
                tick.Grain.Take(new TimerFired(tick.Timer));
                return Task.CompletedTask;
            },
            (Grain: this, start.Timer),
            // A call in silence is not idle.
            new GrainTimerCreationOptions(start.Due, period) { KeepAlive = true });
    }

    private CommandLane<CallEffect> LaneOf(LegId leg)
    {
        if (!_lanes.TryGetValue(leg, out var lane)) _lanes[leg] = lane = new CommandLane<CallEffect>(RunOnNode);
        return lane;
    }

    private CommandLane<CallEffect> Media(CallState state) => _media ??= LaneOf(state.CallerLeg.Id);

    private Task RunOnNode(CallEffect command)
    {
        if (_left) return Task.CompletedTask;
        if (command is OfferParty offer)
        {
            // Nobody of this call waits for the other one.
            _ = Background(Handovers.Offer(offer));
            return Task.CompletedTask;
        }

        return Background(command switch
        {
            LegCommand leg => Nodes.Run(leg),
            MediaCommand media => Nodes.Run(media),
            _ => throw new InvalidOperationException($"No node carries out {command}."),
        });
    }

    /// <summary>Counts an effect that was started as under way until its answer was taken.</summary>
    private async Task Background(Task<CallEvent?> effect)
    {
        _effectsUnderWay++;
        try
        {
            if (await effect is { } answer) Take(answer);
        }
        catch (Exception error)
        {
            // Nobody awaits an effect, so this is the place to say that one is broken; the call goes on by its timers.
            LogBroken(_log, Key, error);
        }

        if (--_effectsUnderWay > 0) return;
        _drained?.TrySetResult();
        LeaveIfDone();
    }

    private static async Task<CallEvent?> Told(Task telling)
    {
        await telling;
        return null;
    }

    private void LeaveIfDone()
    {
        if (_state is not { Stage: CallStage.Ended } || _effectsUnderWay > 0) return;
        if (_state.Legs().All(leg => leg.Stage != LegStage.Moved)) DeactivateOnIdle();
        else RememberMoved();
    }

    /// <summary>An edge that has not heard yet that another call has a leg goes on asking here whose it is.</summary>
    private void RememberMoved() => _moved ??= this.RegisterGrainTimer(
        static (grain, _) =>
        {
            grain.DeactivateOnIdle();
            return Task.CompletedTask;
        },
        this,
        new GrainTimerCreationOptions(MovedRemembered, Timeout.InfiniteTimeSpan) { KeepAlive = true });

    /// <summary>Anyone can ask for a call that is not; it must not stay in memory.</summary>
    private void LeaveIfUnknown()
    {
        if (_state is null) DeactivateOnIdle();
    }

    private void Over(CallState state)
    {
        LogOver(_log, Key, state.End, state.AnsweredAt is { } answered ? state.EndedAt!.Value - answered : TimeSpan.Zero);
        GrainMeter.CallEnded(state.End);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{CallKey}: {Leg} of {Extension} starts a call")]
    private static partial void LogStarted(ILogger log, string callKey, LegId leg, string extension);

    [LoggerMessage(Level = LogLevel.Information, Message = "{CallKey}: room {Number} calls {Extension} in")]
    private static partial void LogCallsIn(ILogger log, string callKey, string number, string extension);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey}: {From} to {To}")]
    private static partial void LogStage(ILogger log, string callKey, CallStage from, CallStage to);

    [LoggerMessage(Level = LogLevel.Information, Message = "{CallKey}: over, {End}, spoken {Spoken}")]
    private static partial void LogOver(ILogger log, string callKey, CallEnd end, TimeSpan spoken);

    [LoggerMessage(Level = LogLevel.Information, Message = "{CallKey}: read back from the journal, was {Stage}")]
    private static partial void LogRecovered(ILogger log, string callKey, CallStage stage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey}: has left memory and did not come back at once")]
    private static partial void LogNotBack(ILogger log, string callKey, Exception error);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{CallKey}: an effect broke")]
    private static partial void LogBroken(ILogger log, string callKey, Exception error);
}
