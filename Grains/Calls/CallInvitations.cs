using Webphone.Grains.Rooms;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Calls;

/// <summary>
/// A room calls somebody for one of its members. On the caller's side there is nobody, and a leg that is over from the start:
/// <code>
///   (asked by the room) ──► AskingCallee ──► Ringing ── the first device answers ──► InRoom (it is the caller's side now)
///                                └──────────────┴── refused, no answer, taken back ──► Ending (the room is told why)
/// </code>
/// </summary>
internal static class CallInvitations
{
    public static CallStep Start(string callKey, CallIntoRoom request, DateTimeOffset now)
    {
        var (tenant, callId) = UserKey.Split(callKey);
        var state = new CallState
        {
            CallKey = callKey,
            Tenant = tenant,
            Version = Versions.Next(0, now),
            Stage = CallStage.AskingCallee,
            Dialled = request.Outside ?? request.Extension,
            CallerExtension = request.ByExtension,
            CallerDevice = "",
            Caller = request.By,
            CallerCodecs = [],
            // The node rings devices that are on none.
            CallerLeg = new CallLeg(new LegId($"{callId}-0"), request.Room.Node, LegStage.Ended),
            CalleeExtension = request.Extension,
            CalleeAsked = true,
            Callee = new Party(request.Outside ?? request.Extension, ""),
            Invitation = request.Room,
            StartedAt = now,
        };
        return CallStep.To(state, Journal.It, CallMachine.AskCallee(state));
    }

    /// <summary>Somebody answers: they are in the room, where a place was kept for them.</summary>
    public static CallStep Enter(CallState ringing, LegAnswered answered, DateTimeOffset now)
    {
        var room = ringing.Invitation!;
        var leg = ringing.FindLeg(answered.Leg)! with { Stage = LegStage.Answered, Rang = true, Endpoint = answered.Endpoint, Codec = answered.Codec };
        var entered = ringing with { Stage = CallStage.InRoom, Room = room, AnsweredAt = now };
        var state = entered with
        {
            Invitation = null,
            CallerLeg = leg,
            CallerExtension = ringing.CalleeExtension!,
            CallerDevice = leg.Device?.Id ?? "",
            Caller = ringing.Callee,
            CallerCodecs = [answered.Codec],
            CallerLine = CallHistory.EntryOf(entered, leg.Id),
            CalleeExtension = null,
            CalleeAsked = false,
            CalleeLine = null,
            Callee = CallRooms.PartyOf(room),
            Forks = [],
            Spares = [],
            Former = ringing.Former.AddRange(ringing.Forks.Where(fork => fork.Id != leg.Id).Select(fork => fork.IsOwned ? fork.GivenUp(CallEnd.AnsweredElsewhere) : fork)),
            RingUntil = null,
            Timers = ringing.Timers & ~CallTimers.Ring,
        };
        var join = CallRooms.Ask(state, state.CallId, room.Number, state.CallerExtension, [leg.Id]);
        return CallStep.Changed(
            state, now,
            [.. CallEnding.StopTimers(ringing.Timers & CallTimers.Ring), CallRooms.Place(state, leg), .. CallEnding.EndCommands(ringing, state), join with { Join = join.Join with { IsInvited = true } }]);
    }

    /// <summary>What is left to say to the room when the call ends and nobody has answered.</summary>
    public static IEnumerable<CallEffect> Leaving(CallState before, CallEnd end) => before.Invitation is { } room ? [new TellRoomInvitation(room.Number, CallEnding.Told(before, end))] : [];
}
