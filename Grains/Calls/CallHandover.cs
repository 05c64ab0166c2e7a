using Webphone.Grains.Media;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Calls;

/// <summary>
/// A party goes from one call to another, as when an attended transfer is completed. The giver asks until the taker has said yes or no, and
/// keeps the party until then; the taker has them from the moment it wrote that down. Both sides may die at any step: asking again with
/// the same id changes nothing.
/// <code>
///   giver   Connected ── asked to transfer ──► Giving ── taken ───► Ending (the one who transferred is out)
///                 ▲                               │
///                 └────────── refused ────────────┘
///   taker   Ringing or Connected: the party takes the place of the leg of the one who transferred, who is out there too
/// </code>
/// </summary>
internal static class CallHandover
{
    public static CallStep Begin(CallState state, TransferRequest request)
    {
        var to = request.Consultation!;
        if (!IsElsewhere(state, to)) return CallTransfers.Refuse(state, request, CallEnd.Forbidden);
        var by = state.FindLeg(request.Leg)!;
        var party = by.Id == state.CallerLeg.Id ? state.Answerer! : state.CallerLeg;
        state = state with { Stage = CallStage.Giving, Giving = new CallGiving(request.RequestId, party.Id, by.Id, to.CallKey, to.Leg, []) };
        return CallStep.To(state, Journal.It, CallTransfers.Tell(by, request.RequestId, TransferPhase.Trying, CallEnd.None), Offer(state));
    }

    /// <summary>Another call of the same tenant.</summary>
    public static bool IsElsewhere(CallState state, Consultation other) =>
        other.CallKey != state.CallKey && IsOfTenant(state.Tenant, other);

    public static bool IsOfTenant(string tenant, Consultation other) => other.CallKey.StartsWith(tenant + "/", StringComparison.Ordinal);

    public static OfferParty Offer(CallState state)
    {
        var giving = state.Giving!;
        var leg = state.FindLeg(giving.Leg)!;
        var isCaller = leg.Id == state.CallerLeg.Id;
        return new OfferParty(giving.To, new AdoptRequest(
            giving.RequestId,
            new HandedParty(
                leg.Id,
                leg.Node,
                leg.Endpoint!.Value,
                leg.Codec is { } codec ? [codec] : state.CallerCodecs,
                isCaller ? state.CallerExtension : state.CalleeExtension!,
                isCaller ? state.CallerDevice : leg.Device?.Id ?? "",
                isCaller ? state.Caller : state.Callee,
                leg.Holding,
                leg.Away,
                CallHistory.EntryOf(state, leg.Id),
                CallRecordings.Find(state, leg.Id)),
            giving.Replaces));
    }

    public static CallStep Answered(CallState state, PartyAnswered answer, DateTimeOffset now)
    {
        if (state.Giving is not { } giving || giving.RequestId != answer.RequestId) return CallStep.Ignore(state);
        return answer.Refusal == CallEnd.None ? Taken(state, giving, now) : Refused(state, giving, answer.Refusal, now);
    }

    /// <summary>What is reported of the party belongs to whoever has them in the end.</summary>
    public static CallStep Hear(CallState state, LegEvent report)
    {
        var giving = state.Giving!;
        return giving.Heard.Length >= CallGiving.MaxHeard && report is not LegEnded
            ? CallStep.Ignore(state)
            : CallStep.To(state with { Giving = giving with { Heard = giving.Heard.Add(report) } }, Journal.It);
    }

    /// <summary>Takes the party in the place of a leg.</summary>
    public static CallStep Adopt(CallState before, AdoptRequest request, DateTimeOffset now)
    {
        var party = request.Party;
        if (before.FindLeg(party.Leg) is not null || request.Replaces is not { } replaced || !before.Owns(replaced)) return CallStep.Ignore(before);
        var leg = LegOf(party);
        if (GoesOn(before, party, replaced)) return InOwnPlace(before, leg, replaced, party.Device, now);
        if (replaced == before.CallerLeg.Id) return InPlaceOfCaller(before, request, leg, now);
        return replaced == before.AnsweredBy ? InPlaceOfCallee(before, party, leg, now) : CallStep.Ignore(before);
    }

    public static CallLeg LegOf(HandedParty party) => new(party.Leg, party.Node, LegStage.Answered)
    {
        Endpoint = party.Endpoint,
        Codec = party.Codecs.IsDefaultOrEmpty ? null : party.Codecs[0],
        Holding = party.Holding,
        Away = party.Away,
        Rang = true,
        IsGuest = true,
    };

    /// <summary>Tells the edges again whose the parties are that came from another call: until it hears that, an edge reports to the call that gave them.</summary>
    public static IEnumerable<MoveLeg> Claims(CallState state)
    {
        if (state.CallerLeg.IsGuest || (state.CallerLine is { } caller && caller.CallKey != state.CallKey)) yield return Move(state.CallerLeg, state.Callee);
        if (state.Answerer is { } answerer && (answerer.IsGuest || (state.CalleeLine is { } callee && callee.CallKey != state.CallKey))) yield return Move(answerer, state.Caller);
    }

    /// <summary>The one whose leg is replaced goes on with another of their devices: they have spoken to nobody in the call that they come from.</summary>
    public static bool GoesOn(CallState state, HandedParty party, LegId replaced) => party.History.AnsweredAt is null && !Outsider.Is(party.Extension)
        && (replaced == state.CallerLeg.Id ? state.CallerLeg.Stage == LegStage.Answered && party.Extension == state.CallerExtension : replaced == state.AnsweredBy && party.Extension == state.CalleeExtension);

    /// <summary>The leg of the party is in the place of another user's: that side is theirs now.</summary>
    public static CallState Successor(CallState state, HandedParty party) => party.Leg == state.CallerLeg.Id
        ? state with { CallerExtension = party.Extension, Caller = party.Party, CallerLine = party.History }
        : state with { CalleeExtension = party.Extension, Callee = party.Party, CalleeLine = party.History };

    /// <summary>The other side notices nothing.</summary>
    private static CallStep InOwnPlace(CallState before, CallLeg leg, LegId replaced, string device, DateTimeOffset now)
    {
        var state = CallSwitching.Replace(before, before.FindLeg(replaced)!, leg, device);
        CallEffect[] media = state.Stage == CallStage.Connected ? [.. CallMedia.Reconnect(state)] : [CallTransfers.Waiting(state)];
        return CallStep.Changed(state, now, [Move(leg, leg.Id == state.CallerLeg.Id ? state.Callee : state.Caller), .. media, .. CallEnding.EndCommands(before, state)]);
    }

    private static CallStep InPlaceOfCaller(CallState before, AdoptRequest request, CallLeg leg, DateTimeOffset now)
    {
        var party = request.Party;
        var by = before.CallerLeg;
        var state = CallHistory.Leave(before, CallHistory.EntryOf(before, by.Id), CallEnd.Completed, now) with
        {
            CallerLeg = leg,
            CallerExtension = party.Extension,
            CallerDevice = party.Device,
            Caller = party.Party,
            CallerCodecs = party.Codecs.IsDefault ? [] : party.Codecs,
            CallerLine = party.History,
            Former = before.Former.Add(by.GivenUp(CallEnd.Completed)),
            // While the target still rings, it is a transfer that may come back.
            Transfer = before.Stage == CallStage.Connected ? null : before.Transfer ?? new CallTransfer(request.RequestId, null, before.CallerExtension, before.Caller, null, Recalls: false),
        };
        return state.Stage == CallStage.Connected
            ? CallStep.Changed(state, now, [Move(leg, state.Callee), Move(state.Answerer!, state.Caller), .. CallMedia.Reconnect(state), .. CallEnding.EndCommands(before, state)])
            : CallStep.Changed(state, now, [Move(leg, state.Callee), CallTransfers.Waiting(state), .. CallEnding.EndCommands(before, state)]);
    }

    private static CallStep InPlaceOfCallee(CallState before, HandedParty party, CallLeg leg, DateTimeOffset now)
    {
        var by = before.Answerer!;
        var state = CallHistory.Leave(before, CallHistory.EntryOf(before, by.Id), CallEnd.Completed, now) with
        {
            Forks = [leg],
            AnsweredBy = leg.Id,
            CalleeExtension = party.Extension,
            CalleeAsked = true,
            Callee = party.Party,
            CalleeLine = party.History,
            Former = before.Former.AddRange(before.Forks.Select(fork => fork.IsOwned ? fork.GivenUp(CallEnd.Completed) : fork)),
        };
        return CallStep.Changed(
            state, now, [Move(leg, state.Caller), Move(state.CallerLeg, state.Callee), .. CallMedia.Reconnect(state), .. CallEnding.EndCommands(before, state)]);
    }

    /// <summary>The one who transferred is out, and this call with them; what was heard of the party goes after them.</summary>
    private static CallStep Taken(CallState state, CallGiving giving, DateTimeOffset now)
    {
        var by = giving.By is { } transferor ? state.FindLeg(transferor) : null;
        state = state.WithLeg(giving.Leg, leg => leg with { Stage = LegStage.Moved, End = CallEnd.Completed });
        var finish = CallEnding.Finish(state, CallEnd.Completed, now);
        CallEffect[] before = [
            .. giving.Heard.Select(report => new ForwardReport(giving.To, report)),
            .. by is { IsOwned: true } ? [CallTransfers.Tell(by, giving.RequestId, TransferPhase.Done, CallEnd.None)] : Array.Empty<CallEffect>()];
        return finish with { Effects = [finish.Effects[0], .. before, .. finish.Effects[1..]] };
    }

    /// <summary>All is as it was, but for what happened meanwhile.</summary>
    private static CallStep Refused(CallState state, CallGiving giving, CallEnd reason, DateTimeOffset now)
    {
        // Who went by themselves has nobody to go back to.
        if (giving.By is not { } transferor) return CallEnding.Finish(giving.Heard.OfType<LegEnded>().FirstOrDefault() is { } over ? state.WithLeg(giving.Leg, leg => leg.Over(over.End)) : state, reason, now);
        state = state with { Stage = CallStage.Connected, Giving = null };
        var by = state.FindLeg(transferor)!;
        if (!by.IsOwned) return CallEnding.Finish(state, by.End, now);
        var step = CallStep.Changed(state, now, CallTransfers.Tell(by, giving.RequestId, TransferPhase.Failed, reason));
        foreach (var report in giving.Heard)
        {
            var next = CallMachine.Step(step.State, new LegReported(report), now);
            step = next with { Effects = [.. step.Effects, .. next.Effects] };
        }

        // Whatever the one who transfers pressed meanwhile decides what the party hears.
        return step.State.Stage == CallStage.Connected ? step.And([.. CallMedia.Reconnect(step.State)]) : step;
    }

    private static MoveLeg Move(CallLeg leg, Party other) => new(leg.Id, leg.Node, other);
}
