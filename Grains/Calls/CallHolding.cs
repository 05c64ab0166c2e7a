using Webphone.Grains.Tenants;

namespace Webphone.Grains.Calls;

/// <summary>
/// Nobody is left on hold and forgotten (N7): after a time the devices of the one who holds ring for it, unless they talk to somebody else just then. Who holds
/// from outside is not rung.
/// <code>
///   held ── the time is over ──► their devices ring ── taken ────────► the two talk on
///    ▲                              │
///    └──── not taken ───────────────┘   after the second time, where the tenant says who: that one is rung for the party, as by a blind transfer
/// </code>
/// </summary>
internal static class CallHolding
{
    /// <summary>How often the one who holds is rung before somebody else is.</summary>
    public const int MostRecalls = 2;

    public static CallStep Held(CallState state, LegId leg, DateTimeOffset now)
    {
        var step = CallMedia.Hold(state, leg, true, now);
        return ReferenceEquals(step.State, state) || Outsider.Is(ExtensionOf(state, leg)) ? step : step.And(Ask(step.State, leg));
    }

    public static CallStep Resumed(CallState state, LegId leg, DateTimeOffset now)
    {
        var step = CallMedia.Hold(state, leg, false, now);
        if (state.Hold?.By != leg) return step;
        return new CallStep(Forget(step.State), [.. step.Effects, .. CallEnding.StopTimers(step.State.Timers & CallTimers.Hold)]);
    }

    public static CallStep Timed(CallState state, HoldTimed timed, DateTimeOffset now)
    {
        if (timed.Time <= TimeSpan.Zero || state.Hold is not null || state.FindLeg(timed.Leg) is not { Holding: true, IsOwned: true }) return CallStep.Ignore(state);
        return Wait(state with { Hold = new CallHold(timed.Leg, timed.Time, timed.Escalation, 0) }, now);
    }

    /// <summary>The party has been on hold for long enough.</summary>
    public static CallStep TimeIsOver(CallState before, DateTimeOffset now)
    {
        var state = before with { Timers = before.Timers & ~CallTimers.Hold };
        if (state.Hold is not { } hold || state.FindLeg(hold.By) is not { Holding: true, IsOwned: true } by) return CallStep.To(Forget(state), Journal.It);
        var (own, other) = by.Id == state.CallerLeg.Id ? (state.CallerExtension, state.CalleeExtension) : (state.CalleeExtension, state.CallerExtension);
        if (hold is { Recalls: >= MostRecalls, Escalation: { } escalation } && escalation != own && escalation != other)
            return CallTransfers.Asked(Forget(state), new TransferAsked(new TransferRequest("", by.Id, escalation, null), new Destination.User(escalation)), now);
        return CallSwitching.Recall(state, by.Id);
    }

    /// <summary>The time is over while the call is on some way that may lead back here, or is elsewhere for good.</summary>
    public static CallStep Elsewhere(CallState state, DateTimeOffset now) => state is { Stage: CallStage.Giving or CallStage.Moving or CallStage.Switching, Hold: not null }
        ? Wait(state, now)
        : state.Timers.HasFlag(CallTimers.Hold) ? CallStep.To(Forget(state)) : CallStep.Ignore(state);

    /// <summary>Asks again for whoever holds, where that may have been lost.</summary>
    public static IEnumerable<AskHoldTime> Asks(CallState state) => state.Hold is not null || state.Stage != CallStage.Connected
        ? []
        : new[] { state.CallerLeg, state.Answerer! }.Where(leg => leg is { Holding: true, IsOwned: true } && !Outsider.Is(ExtensionOf(state, leg.Id))).Take(1).Select(leg => Ask(state, leg.Id));

    /// <summary>Waits for as long as at first.</summary>
    public static CallStep Wait(CallState state, DateTimeOffset now)
    {
        var time = state.Hold!.Time;
        return CallStep.To(state with { HoldUntil = now + time, Timers = state.Timers | CallTimers.Hold }, Journal.It, new StartTimer(CallTimers.Hold, time));
    }

    private static CallState Forget(CallState state) => state with { Hold = null, HoldUntil = null, Timers = state.Timers & ~CallTimers.Hold };

    private static AskHoldTime Ask(CallState state, LegId leg) => new(leg, ExtensionOf(state, leg));

    private static string ExtensionOf(CallState state, LegId leg) => leg == state.CallerLeg.Id ? state.CallerExtension : state.CalleeExtension!;
}
