using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Recordings;

/// <summary>
/// The recordings of one call's parties. It follows what the call does and adds to it: whoever begins to talk is recorded where the policy says so, and a recording goes
/// wherever its party's leg goes and ends with that leg. The node records the leg's endpoint, so that hold, transfer, park and conference change nothing about it.
/// <code>
///              policy, button, *3           the node says so
///   (none) ─────────────────────► Starting ─────────────────► On ◄────────► Paused
///      ▲                              │ the node cannot           button, *3
///      │                              ▼
///      │                           Failed
///      └── stopped (not one that the policy began), or the leg is out of the call
/// </code>
/// </summary>
/// <param name="directory">Says what the organisation allows.</param>
/// <param name="newId">Makes names that nobody guesses.</param>
internal sealed class CallRecordings(IDirectory directory, Func<string> newId)
{
    /// <summary>Whatever the endpoint is recorded as.</summary>
    public const string Anything = "";

    private readonly RecordingKeys _keys = new();

    /// <summary>What comes of an event for the recordings, once the call's machine has stepped.</summary>
    public CallStep Follow(CallState? before, CallEvent input, CallStep step, DateTimeOffset now)
    {
        var state = step.State;
        if (state.Stage == CallStage.Ended)
            return step;
        if (input is PartyOffered { Request.Party.Recording: { } brought } && state.Owns(brought.Leg) && Find(state, brought.Leg) is null)
            state = state with { Recordings = state.Recordings.Add(brought) };
        var over = state.Recordings.RemoveAll(recording => state.Owns(recording.Leg));
        step = step with { State = state with { Recordings = state.Recordings.RemoveRange(over) } };
        foreach (var leg in Talking(state))
        {
            if (before is null || !Talking(before).Any(other => other.Id == leg.Id))
                step = Meet(step, leg, over, now);
        }
        return input switch
        {
            LegReported { Report: LegDigit digit } when Talking(state).FirstOrDefault(leg => leg.Id == digit.Leg) is { } by && ExtensionOf(state, by) is not null && _keys.Press(digit.Leg, digit.Digit, now) => Toggle(step, by, now),
            // Whoever had the call before may have been lost between writing down what is wanted and asking for it.
            Recovered => step.And([.. Talking(state).SelectMany(leg => Assert(state, leg))]),
            TimerFired { Timer: CallTimers.Sweep } => step.And([.. state.Recordings.SelectMany(recording => Assert(state, state.FindLeg(recording.Leg)!))]),
            _ => step,
        };
    }

    /// <summary>Whether a user may do so.</summary>
    public RecordingRefusal Judge(CallState state, string extension, RecordingAct act)
    {
        if (LegOf(state, extension) is not { } leg)
            return RecordingRefusal.NotFound;
        var recording = Find(state, leg.Id);
        var policy = PolicyOf(state);
        var may = act switch
        {
            RecordingAct.Start => recording is not null || ModeOf(state, leg) != RecordingWhen.Never,
            RecordingAct.Stop => recording is not { Automatic: true },
            _ => policy.MayPause,
        };
        return may ? RecordingRefusal.None : RecordingRefusal.Forbidden;
    }

    public CallStep Step(CallState state, RecordingEvent input, DateTimeOffset now) => input switch
    {
        RecordingAsked asked when LegOf(state, asked.Extension) is { } leg && Judge(state, asked.Extension, asked.Act) == RecordingRefusal.None => Do(state, leg, asked.Act, now),
        RecordingAnswered answer when state.Recordings.FirstOrDefault(recording => recording.Id == answer.Id) is { Phase: not RecordingPhase.Failed } recording => Answered(state, recording, answer, now),
        // The call has moved on since.
        _ => CallStep.Ignore(state),
    };

    public static PartyRecording? Find(CallState state, LegId leg) => state.Recordings.FirstOrDefault(recording => recording.Leg == leg);

    private static bool IsWanted(PartyRecording recording) => recording.Phase is RecordingPhase.Starting or RecordingPhase.On or RecordingPhase.Paused;

    /// <summary>One that is given up must not begin later all the same: its order may still wait for a disk.</summary>
    private static CallStep Answered(CallState state, PartyRecording recording, RecordingAnswered answer, DateTimeOffset now)
    {
        if (!answer.Records)
            return CallStep.Changed(With(state, recording with { Phase = RecordingPhase.Failed }), now, [.. state.FindLeg(recording.Leg) is { } leg ? Stop(leg, recording) : []]);
        return recording.Phase == RecordingPhase.Starting
            ? CallStep.Changed(With(state, recording with { Phase = RecordingPhase.On }), now)
            : CallStep.Ignore(state);
    }

    /// <summary>Somebody begins to talk. Who goes on with another device is recorded there as they were.</summary>
    private CallStep Meet(CallStep step, CallLeg leg, ImmutableArray<PartyRecording> over, DateTimeOffset now)
    {
        var state = step.State;
        var isAutomatic = ModeOf(state, leg) == RecordingWhen.Always;
        if (Find(state, leg.Id) is not null || (!isAutomatic && !over.Any(recording => recording.Extension == ExtensionOf(state, leg) && IsWanted(recording))))
            return step;
        var recording = New(state, leg, isAutomatic, now);
        state = With(state, recording);
        return (step with { State = state }).And([.. Begin(state, recording)]);
    }

    private CallStep Do(CallState state, CallLeg leg, RecordingAct act, DateTimeOffset now)
    {
        var recording = Find(state, leg.Id);
        switch (act)
        {
            case RecordingAct.Start when recording is null or { Phase: RecordingPhase.Failed }:
                var made = New(state, leg, recording is { Automatic: true }, now);
                state = With(state, made);
                return CallStep.Changed(state, now, [.. recording is null ? [] : Stop(leg, recording), .. Begin(state, made)]);
            case RecordingAct.Stop when recording is not null:
                return CallStep.Changed(
                    state with { Recordings = state.Recordings.Remove(recording) }, now, [.. Stop(leg, recording)]);
            case RecordingAct.Pause when recording is { Phase: RecordingPhase.Starting or RecordingPhase.On }:
                return CallStep.Changed(
                    With(state, recording with { Phase = RecordingPhase.Paused }), now, new PauseRecording(leg.Endpoint!.Value, recording.Id, Paused: true));
            case RecordingAct.Resume when recording is { Phase: RecordingPhase.Paused }:
                return CallStep.Changed(
                    With(state, recording with { Phase = RecordingPhase.On }), now, new PauseRecording(leg.Endpoint!.Value, recording.Id, Paused: false));
            default:
                // It is as they want it.
                return CallStep.Ignore(state);
        }
    }

    /// <summary>What <c>*3</c> means now, and a tone that says what became of it; a notice says so by itself.</summary>
    private CallStep Toggle(CallStep step, CallLeg leg, DateTimeOffset now)
    {
        var state = step.State;
        var recording = Find(state, leg.Id);
        var act = recording switch
        {
            null or { Phase: RecordingPhase.Failed } => RecordingAct.Start,
            { Automatic: false } => RecordingAct.Stop,
            { Phase: RecordingPhase.Paused } => RecordingAct.Resume,
            _ => RecordingAct.Pause,
        };
        var extension = ExtensionOf(state, leg)!;
        if (Judge(state, extension, act) != RecordingRefusal.None)
            return step.And(new CueEndpoint(leg.Endpoint!.Value, ProgressTone.Refused));
        var done = Do(state, leg, act, now);
        step = done with { Effects = [.. step.Effects, .. done.Effects] };
        var heard = act is RecordingAct.Start or RecordingAct.Resume ? ProgressTone.ConfirmOn : ProgressTone.ConfirmOff;
        return act == RecordingAct.Start && PolicyOf(state).Notice != RecordingNotice.None ? step : step.And(new CueEndpoint(leg.Endpoint!.Value, heard));
    }

    private PartyRecording New(CallState state, CallLeg leg, bool automatic, DateTimeOffset now)
    {
        var policy = PolicyOf(state);
        var entry = CallHistory.EntryOf(state, leg.Id);
        var id = newId();
        var order = new RecordingOrder(id, state.Tenant, entry.Extension, entry.CallKey, entry.Direction, entry.Peer, policy.Kind, policy.Notice);
        return new PartyRecording(leg.Id, entry.Extension, id, RecordingPhase.Starting, automatic, policy.ShowsPeer, now, order);
    }

    private static IEnumerable<CallEffect> Begin(CallState state, PartyRecording recording) => state.FindLeg(recording.Leg)?.Endpoint is { } endpoint
        ? [new RecordEndpoint(endpoint, recording.Order, recording.Phase == RecordingPhase.Paused)]
        : [];

    private static IEnumerable<CallEffect> Stop(CallLeg leg, PartyRecording recording) => leg.Endpoint is { } endpoint ? [new StopRecording(endpoint, recording.Id)] : [];

    /// <summary>Tells the node what is wanted of a leg, whatever it was told before.</summary>
    private static IEnumerable<CallEffect> Assert(CallState state, CallLeg leg) => Find(state, leg.Id) switch
    {
        { } recording when IsWanted(recording) => Begin(state, recording),
        { } failed => Stop(leg, failed),
        null => leg.Endpoint is { } endpoint ? [new StopRecording(endpoint, Anything)] : [],
    };

    private static CallState With(CallState state, PartyRecording recording)
    {
        var others = state.Recordings.RemoveAll(other => other.Leg == recording.Leg);
        return state with { Recordings = others.Add(recording) };
    }

    private RecordingPolicy PolicyOf(CallState state) => directory.FindTenant(state.Tenant)?.Recording ?? RecordingPolicy.Default;

    private RecordingWhen ModeOf(CallState state, CallLeg leg)
    {
        if (ExtensionOf(state, leg) is not { } extension)
            return RecordingWhen.Never;
        var isCaller = leg.Id == state.CallerLeg.Id;
        var isInternal = state.Room is not null || ExtensionOf(state, isCaller ? state.Answerer : state.CallerLeg) is not null;
        var modes = directory.FindUser(state.Tenant, extension)?.Recording ?? PolicyOf(state).Modes;
        return modes.Of(isInternal, isOutbound: isCaller);
    }

    private static CallLeg? LegOf(CallState state, string extension) => Talking(state).FirstOrDefault(leg => ExtensionOf(state, leg) == extension);

    /// <summary>Whose side it is; null for a party outside, who records nothing.</summary>
    private static string? ExtensionOf(CallState state, CallLeg? leg)
    {
        var extension = leg is null ? null : leg.Id == state.CallerLeg.Id ? state.CallerExtension : state.CalleeExtension;
        return Outsider.Is(extension) ? null : extension;
    }

    /// <summary>Those who talk to somebody, or hold somebody, and not to a service of ours.</summary>
    private static ImmutableArray<CallLeg> Talking(CallState state)
    {
        if (state.Stage is not (CallStage.Connected or CallStage.InRoom or CallStage.Moving))
            return [];
        var (caller, answerer) = (Talks(state.CallerLeg), state.Answerer is { } other && Talks(other));
        return (caller, answerer) switch
        {
            (true, true) => [state.CallerLeg, state.Answerer!],
            (true, false) => [state.CallerLeg],
            (false, true) => [state.Answerer!],
            _ => [],
        };
    }

    private static bool Talks(CallLeg leg) => leg is { Stage: LegStage.Answered, Endpoint: not null };
}
