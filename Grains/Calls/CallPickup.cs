using Webphone.Grains.Tenants;

namespace Webphone.Grains.Calls;

/// <summary>
/// Somebody takes a party who rings elsewhere (<c>**102</c>, <c>*8</c>, INVITE with Replaces) or is parked (by dialling the slot). Their own call is
/// answered and gives them to the call of that party, which they answer.
/// </summary>
internal static class CallPickup
{
    /// <summary>Their own call has found the party.</summary>
    public static CallStep AnswerCaller(CallState state, PartyFound found, DateTimeOffset now)
    {
        state = state with { Wanted = new Consultation(found.CallKey!, found.Replaces ?? default), Timers = CallTimers.Sweep };
        return CallStep.Changed(state, now, AnswerCommand(state), new StartTimer(CallTimers.Sweep, CallMachine.SweepEvery));
    }

    public static AnswerCaller AnswerCommand(CallState state) => new(state.CallerLeg.Id, state.CallerLeg.Node, Codec: null, state.Callee);

    /// <summary>They were answered, and go to the other call.</summary>
    public static CallStep Begin(CallState state)
    {
        var wanted = state.Wanted!;
        state = state with
        {
            Stage = CallStage.Giving,
            CallerLeg = state.CallerLeg with { Stage = LegStage.Answered },
            Giving = new CallGiving(state.CallId, state.CallerLeg.Id, null, wanted.CallKey, wanted.Leg == default ? null : wanted.Leg, []),
        };
        return CallStep.To(state, Journal.It, CallHandover.Offer(state));
    }

    /// <summary>They answer here, where a party is parked or somebody else's phones ring.</summary>
    public static CallStep Answer(CallState before, HandedParty party, DateTimeOffset now)
    {
        // Nobody answers their own call: the two sides would be one person.
        if (before.FindLeg(party.Leg) is not null || (party.Extension == before.CallerExtension && before.CallerLeg.Stage != LegStage.Answered)) return CallStep.Ignore(before);
        var codec = party.Codecs.IsDefaultOrEmpty ? before.CallerCodecs.FirstOrDefault() : party.Codecs[0];
        var fork = new CallLeg(party.Leg, party.Node, LegStage.Calling) { Endpoint = party.Endpoint, Holding = party.Holding, Away = party.Away, Rang = true };
        var state = CallHistory.CalleeEntryOf(before) is { } rung ? CallHistory.Leave(before, rung, CallEnd.AnsweredElsewhere, now) : before;
        state = state with
        {
            Forks = state.Forks.Add(fork),
            CalleeExtension = party.Extension,
            CalleeAsked = true,
            CalleeLine = party.History,
            Callee = party.Party,
        };
        var step = CallMachine.Connect(state, new LegAnswered(party.Leg, party.Endpoint, codec), now);
        return step.First(new MoveLeg(fork.Id, fork.Node, state.Caller));
    }
}
