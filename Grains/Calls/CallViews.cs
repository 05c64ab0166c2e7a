using System.Collections.Immutable;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Calls;

/// <summary>A call as its users may see it.</summary>
public static class CallViews
{
    public static CallView Of(CallState state) => new(
        state.CallKey,
        state.Version,
        PhaseOf(state),
        state.Dialled,
        Recorded(state, PartiesOf(state)),
        state.StartedAt,
        state.AnsweredAt,
        state.EndedAt,
        state.End,
        Room: state.Stage == CallStage.InRoom ? state.Room!.Number : null,
        Slot: state.Slot?.Slot,
        BackFrom: state.Transfer?.BackFrom);

    /// <summary>The call as the user has it: for one who left, it is over.</summary>
    public static CallView Of(CallState state, string extension)
    {
        var view = Of(state);
        if (view.Phase == CallPhase.Ended || IsIn(state, extension)) return view;
        var entry = state.Left.LastOrDefault(left => left.Extension == extension);
        return view with
        {
            Phase = CallPhase.Ended,
            EndedAt = entry?.EndedAt,
            End = entry?.End ?? CallEnd.Completed,
            Parties = [.. view.Parties.Select(party => party with { Phase = LegPhase.Ended })],
        };
    }

    /// <summary>Extensions of the users whose call it is or was, each once.</summary>
    public static ImmutableArray<string> UsersOf(CallState state)
    {
        if (state is { CalleeAsked: false, Transfer: null, Left: [], CallerExtension.Length: > 0 }) return [state.CallerExtension];
        var users = new HashSet<string>();
        if (state.Invitation is null) users.Add(state.CallerExtension);
        if (state.CalleeAsked && state.CalleeExtension is { } callee) users.Add(callee);
        if (state.Transfer is { } transfer) users.Add(transfer.Extension);
        foreach (var left in state.Left) users.Add(left.Extension);
        users.Remove(Outsider.Extension);
        return [.. users];
    }

    private static bool IsIn(CallState state, string extension) =>
        (extension == state.CallerExtension && state.Invitation is null)
        || (state.CalleeAsked && extension == state.CalleeExtension)
        || (state.Transfer is { By.IsOwned: true } transfer && extension == transfer.Extension);

    private static CallPhase PhaseOf(CallState state) => state.Stage switch
    {
        CallStage.AskingCaller or CallStage.AskingCallee or CallStage.AskingPlace => CallPhase.Routing,
        CallStage.Ringing => CallPhase.Ringing,
        CallStage.InService or CallStage.InRoom => state.AnsweredAt is null ? CallPhase.Routing : CallPhase.Connected,
        CallStage.Connected or CallStage.Giving or CallStage.Moving or CallStage.Parked or CallStage.Switching => CallPhase.Connected,
        _ => CallPhase.Ended,
    };

    private static ImmutableArray<PartyView> PartiesOf(CallState state)
    {
        var caller = new PartyView(state.CallerLeg.Id, UserOf(state.CallerExtension), state.Caller, IsCaller: true, state.Invitation is not null && state.EndedAt is null ? LegPhase.Connected : PhaseOf(state.CallerLeg), Holding: state.CallerLeg.Holding) { DeviceId = state.CallerDevice };
        if (state.Service != CallService.None || (state.Stage is CallStage.InRoom or CallStage.Parked && state.Answerer is null)) return [caller, ServiceOf(state)];
        if (state.Stage == CallStage.Switching) return [caller, CalleeOf(state, state.Answerer!), .. CallSwitching.RungBy(state).Select(rung => RungOf(state, rung))];
        if (state.Answerer is { } answerer) return [caller, CalleeOf(state, answerer)];
        var callees = state.Forks.Select(fork => CalleeOf(state, fork));
        return state.Transfer is { By: { IsOwned: true } by } transfer
            ? [caller, .. callees, new PartyView(by.Id, transfer.Extension, transfer.Party, IsCaller: true, PhaseOf(by), Holding: by.Holding, Transfers: true)]
            : [caller, .. callees];
    }

    private static ImmutableArray<PartyView> Recorded(CallState state, ImmutableArray<PartyView> parties) => state.Recordings.IsEmpty
        ? parties
        : [.. parties.Select(party => CallRecordings.Find(state, party.Leg) is { } recording
            ? party with { Recording = new RecordingStatus(recording.Phase, recording.Automatic, recording.Shown, recording.StartedAt) }
            : party)];

    private static PartyView CalleeOf(CallState state, CallLeg leg) =>
        new(leg.Id, UserOf(state.CalleeExtension), state.Callee, IsCaller: false, PhaseOf(leg), leg.Device?.UserAgent ?? "", leg.Holding) { DeviceId = leg.Device?.Id ?? "" };

    private static string? UserOf(string? extension) => Outsider.Is(extension) ? null : extension;

    /// <summary>The device that one of the two goes on with when it answers: it is on their side.</summary>
    private static PartyView RungOf(CallState state, CallLeg rung) => state.Switch!.By == state.CallerLeg.Id
        ? new PartyView(rung.Id, state.CallerExtension, state.Caller, IsCaller: true, PhaseOf(rung), rung.Device?.UserAgent ?? "")
        : CalleeOf(state, rung);

    /// <summary>A service has no leg: the id only tells its row from the caller's.</summary>
    private static PartyView ServiceOf(CallState state) => new(
        new LegId($"{state.CallId}-service"),
        Extension: null,
        state.Callee,
        IsCaller: false,
        state.EndedAt is not null ? LegPhase.Ended : state.AnsweredAt is not null ? LegPhase.Connected : LegPhase.Calling);

    private static LegPhase PhaseOf(CallLeg leg) => leg.Stage switch
    {
        _ when leg is { Away: true, IsOwned: true } => LegPhase.Away,
        LegStage.Calling => LegPhase.Calling,
        LegStage.Ringing => LegPhase.Ringing,
        LegStage.Answered => leg.Holding ? LegPhase.Holding : LegPhase.Connected,
        _ => LegPhase.Ended,
    };
}
