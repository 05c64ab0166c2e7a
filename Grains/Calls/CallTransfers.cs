using System.Collections.Immutable;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Calls;

/// <summary>
/// Blind transfer: the party who stays waits on the caller's side while the target rings, and is never lost (N6):
/// <code>
///   the target rings or answers           the one who transferred is out, the party hears ringing
///   refused, busy, unreachable at once    the two talk on, as if nothing had been
///   no answer after that                  the one who transferred is rung again
///   they do not answer either             the call ends
/// </code>
/// </summary>
internal static class CallTransfers
{
    public static CallStep Asked(CallState state, TransferAsked asked, DateTimeOffset now)
    {
        var request = asked.Request;
        if (!state.Owns(request.Leg)) return CallStep.Ignore(state);
        if (request.Kind == MoveKind.Switch) return CallSwitching.Begin(state, request);
        if (request.Kind == MoveKind.Merge)
        {
            if (request.Consultation is not null && !CallHandover.IsElsewhere(state, request.Consultation)) return Refuse(state, request, CallEnd.Forbidden);
            return CallRooms.InviteeOf(asked, out var invitee) is var refusal && refusal == CallEnd.None
                ? CallPlaces.Begin(state, request, new CallPlace(PlaceKind.Room, null), invitee)
                : Refuse(state, request, refusal);
        }

        if (request.Consultation is not null) return CallHandover.Begin(state, request);
        return asked.Destination switch
        {
            Destination.User target => Begin(state, request, target.Extension, new Party(target.Extension, ""), now),
            Destination.Outside target => Begin(state, request, Outsider.Extension, new Party(target.Number, ""), now),
            Destination.Place { Where: { Kind: PlaceKind.Room or PlaceKind.Slot } place } => CallPlaces.Begin(state, request, place),
            Destination.Unknown => Refuse(state, request, CallEnd.NotFound),
            _ => Refuse(state, request, CallEnd.Forbidden),
        };
    }

    /// <summary>A transfer that cannot be: the one who asked is told, and nothing else happens.</summary>
    public static CallStep Refuse(CallState state, TransferRequest request, CallEnd reason) =>
        state.FindLeg(request.Leg) is { IsOwned: true } leg && state.Transfer?.RequestId != request.RequestId && state.Giving?.RequestId != request.RequestId && state.Errand?.RequestId != request.RequestId
            && state.Switch?.RequestId != request.RequestId
            ? CallStep.To(state, Tell(leg, request.RequestId, TransferPhase.Failed, reason))
            : CallStep.Ignore(state);

    /// <summary>The target's first device rings: the party hears it, and the one who transferred is out.</summary>
    public static CallStep TargetRings(CallState state, DateTimeOffset now)
    {
        var (left, effects) = Leave(state, now);
        return CallStep.Changed(left, now, [.. effects, Ringback(left)]);
    }

    /// <summary>The one who transferred is out of the call, and what they and their edge are told of it.</summary>
    public static (CallState State, ImmutableArray<CallEffect> Effects) Leave(CallState state, DateTimeOffset now)
    {
        if (state.Transfer is not { Line: { } line } transfer) return (state, []);
        // To themselves: they are the target too, and it is one call for them.
        state = line.Extension == state.CalleeExtension && line.CallKey == (state.CalleeLine?.CallKey ?? state.CallKey)
            ? state with { CalleeLine = line }
            : CallHistory.Leave(state, line, CallEnd.Completed, now);
        state = state with { Transfer = transfer with { By = null, Line = null } };
        if (transfer.By is not { } by) return (state, []);
        var wasOwned = by.IsOwned;
        by = wasOwned ? by.GivenUp(CallEnd.Completed) : by;
        state = state with { Former = state.Former.Add(by) };
        return (state, wasOwned ? [Tell(by, transfer.RequestId, TransferPhase.Done, CallEnd.None), new EndLeg(by.Id, by.Node, by.End)] : []);
    }

    /// <summary>The leg of the one who transferred is over, while the target is asked or rung: the party waits on.</summary>
    public static CallStep TransferorLeft(CallState state, CallEnd end, DateTimeOffset now)
    {
        var (left, _) = Leave(state.WithLeg(state.Transfer!.By!.Id, leg => leg.Over(end)), now);
        return CallStep.Changed(left, now);
    }

    /// <summary>Nobody is there to take the call: it ends, or, in a transfer, the party goes back to the one who transferred.</summary>
    public static CallStep NotReached(CallState state, CallEnd end, DateTimeOffset now) => state.Transfer switch
    {
        null => CallEnding.Finish(state, end, now),
        { By: { IsOwned: true } } => Return(state, end, now),
        { Recalls: false } => Recall(state, end, now),
        _ when CallSlots.MayWait(state, now) => CallSlots.Again(state, WithoutTarget(state, end, now), [.. StopRinging(state), .. EndOfForks(state, end, now)], now),
        _ => CallEnding.Finish(state, end, now),
    };

    /// <summary>What the waiting party hears.</summary>
    public static CallEffect Waiting(CallState state) => state.Forks.Any(fork => fork.Rang) ? Ringback(state) : Music(state);

    public static TellTransfer Tell(CallLeg leg, string requestId, TransferPhase phase, CallEnd reason, string place = "") =>
        new(leg.Id, leg.Node, new TransferNews(requestId, phase, reason, place));

    private static CallStep Begin(CallState state, TransferRequest request, string extension, Party target, DateTimeOffset now)
    {
        var by = state.FindLeg(request.Leg)!;
        var byCaller = by.Id == state.CallerLeg.Id;
        var stays = byCaller ? state.Answerer! : state.CallerLeg;
        var line = CallHistory.EntryOf(state, by.Id);
        var stayLine = CallHistory.EntryOf(state, stays.Id);
        var others = state.Forks.RemoveAll(fork => fork.Id == by.Id || fork.Id == stays.Id);
        var transfer = new CallTransfer(
            request.RequestId, by, byCaller ? state.CallerExtension : state.CalleeExtension!, byCaller ? state.Caller : state.Callee, line, Recalls: false);
        if (byCaller)
        {
            state = state with
            {
                CallerLeg = stays,
                CallerExtension = state.CalleeExtension!,
                CallerDevice = stays.Device?.Id ?? "",
                Caller = state.Callee,
                CallerCodecs = stays.Codec is { } codec ? [codec] : state.CallerCodecs,
            };
        }

        state = state with { CallerLine = stayLine, Former = state.Former.AddRange(others), Transfer = transfer, AnsweredAt = null };
        // Who is on hold hears music of ours, and would go on hearing it.
        CallEffect[] effects = stays.IsSilent ? [new DisconnectMedia(by.Endpoint!.Value)] : [];
        return Ask(state, extension, target, now, [Tell(by, request.RequestId, TransferPhase.Trying, CallEnd.None), .. effects]);
    }

    /// <summary>The two talk on, as if nothing had been.</summary>
    private static CallStep Return(CallState before, CallEnd end, DateTimeOffset now)
    {
        var transfer = before.Transfer!;
        var by = transfer.By!;
        var state = WithoutTarget(before, end, now);
        state = state with
        {
            Stage = CallStage.Connected,
            Forks = [by],
            AnsweredBy = by.Id,
            AnsweredAt = state.CallerLine!.AnsweredAt,
            CalleeExtension = transfer.Extension,
            Callee = transfer.Party,
            CalleeLine = transfer.Line,
            Transfer = null,
        };
        return CallStep.Changed(
            state, now,
            [.. StopRinging(before), .. CallMedia.Reconnect(state), .. CallEnding.EndCommands(before, state), Tell(by, transfer.RequestId, TransferPhase.Failed, CallEnding.Told(before, end)), .. CallHolding.Asks(state)]);
    }

    /// <summary>Their leg is gone: the one who transferred is rung like any user, for the party.</summary>
    private static CallStep Recall(CallState before, CallEnd end, DateTimeOffset now)
    {
        var transfer = before.Transfer!;
        var state = WithoutTarget(before, end, now) with { Transfer = transfer with { Recalls = true, BackFrom = before.Callee } };
        return Ask(state, transfer.Extension, transfer.Party, now, [.. StopRinging(before), .. CallEnding.EndCommands(before, state)]);
    }

    internal static CallStep Ask(CallState state, string extension, Party callee, DateTimeOffset now, params ReadOnlySpan<CallEffect> effects)
    {
        var (reopened, line) = CallHistory.Reopen(state, extension);
        state = reopened with
        {
            Stage = CallStage.AskingCallee,
            CalleeExtension = extension,
            Callee = callee,
            CalleeAsked = true,
            Intercom = false,
            ShownAs = null,
            CalleeLine = line ?? new HistoryEntry(state.CallKey, extension, CallDirection.Inbound, state.Caller, extension, now, null, null, CallEnd.None),
            Forks = [],
            Joined = [],
            AnsweredBy = null,
            RingUntil = null,
        };
        return CallStep.Changed(state, now, [.. effects, Music(state), CallMachine.AskCallee(state)]);
    }

    /// <summary>The target is out of the call, with whatever was made to reach them.</summary>
    private static CallState WithoutTarget(CallState state, CallEnd end, DateTimeOffset now)
    {
        var entry = CallHistory.CalleeEntryOf(state);
        if (entry is not null) state = CallHistory.Leave(state, entry, end, now);
        return state with
        {
            Former = state.Former.AddRange(state.Forks.Select(fork => fork.IsOwned ? fork.GivenUp(end) : fork)),
            Forks = [],
            Spares = [],
            RingUntil = null,
            Timers = state.Timers & ~CallTimers.Ring,
        };
    }

    private static IEnumerable<EndLeg> EndOfForks(CallState before, CallEnd end, DateTimeOffset now) => CallEnding.EndCommands(before, WithoutTarget(before, end, now));

    private static IEnumerable<CallEffect> StopRinging(CallState before) => before.Timers.HasFlag(CallTimers.Ring) ? [new StopTimer(CallTimers.Ring)] : [];

    private static PlayMedia Music(CallState state) => new(state.CallerLeg.Endpoint!.Value, MediaSource.HoldMusic(state.Tenant));

    private static PlayMedia Ringback(CallState state) => new(state.CallerLeg.Endpoint!.Value, MediaSource.OfTone(ProgressTone.Ringback));
}
