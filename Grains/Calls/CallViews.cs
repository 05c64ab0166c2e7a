using System.Collections.Immutable;

namespace Webphone.Grains.Calls;

/// <summary>A call as its users may see it.</summary>
public static class CallViews
{
    public static CallView Of(CallState state) => new(
        state.CallKey,
        state.Version,
        PhaseOf(state),
        state.Dialled,
        PartiesOf(state),
        state.StartedAt,
        state.AnsweredAt,
        state.EndedAt,
        state.End);

    /// <summary>Extensions of the users whose call it is, each once.</summary>
    public static ImmutableArray<string> UsersOf(CallState state) =>
        state.CalleeAsked && state.CalleeExtension is { } callee && callee != state.CallerExtension
            ? [state.CallerExtension, callee]
            : [state.CallerExtension];

    private static CallPhase PhaseOf(CallState state) => state.Stage switch
    {
        CallStage.AskingCaller or CallStage.AskingCallee => CallPhase.Routing,
        CallStage.Ringing => CallPhase.Ringing,
        CallStage.InService => state.AnsweredAt is null ? CallPhase.Routing : CallPhase.Connected,
        CallStage.Connected => CallPhase.Connected,
        _ => CallPhase.Ended,
    };

    private static ImmutableArray<PartyView> PartiesOf(CallState state)
    {
        var caller = new PartyView(state.CallerLeg.Id, state.CallerExtension, state.Caller, IsCaller: true, PhaseOf(state.CallerLeg), Holding: state.CallerLeg.Holding);
        if (state.Service != CallService.None) return [caller, ServiceOf(state)];
        return state.Answerer is { } answerer
            ? [caller, CalleeOf(state, answerer)]
            : [caller, .. state.Forks.Select(fork => CalleeOf(state, fork))];
    }

    private static PartyView CalleeOf(CallState state, CallLeg leg) =>
        new(leg.Id, state.CalleeExtension, state.Callee, IsCaller: false, PhaseOf(leg), leg.Device?.UserAgent ?? "", leg.Holding);

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
