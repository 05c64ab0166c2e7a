using System.Collections.Immutable;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Rooms;

/// <summary>
/// A room calls people for its members, without anybody having spoken to them before (<see href="https://www.rfc-editor.org/rfc/rfc4579#section-5.5">RFC 4579
/// §5.5</see>). Who is called has a place in the room until they answer, do not, or the call is taken back; each of that is told to the one who asked.
/// </summary>
internal static class RoomInvitations
{
    /// <summary>A call that rings for longer has ended, or died without a word.</summary>
    public static readonly TimeSpan LooksAfter = RoomMachine.SweepEvery;

    public static RoomStep Ask(RoomState state, InviteAsked asked, DateTimeOffset now)
    {
        var request = asked.Request;
        if (state.Find(request.By) is not { } by) return RoomStep.Refuse(state, CallEnd.NotFound);
        if (state.Invitees.Any(known => known.By == request.By && known.RequestId == request.RequestId)) return RoomStep.Ignore(state);
        if (state.Members.Any(member => IsSame(member.Extension, member.Party, request)))
            return new RoomStep(state, [new TellInviter(request.CallKey, request.By, request.RequestId, CallEnd.None)]);
        if (state.Locked && by.Extension != state.Host) return RoomStep.Refuse(state, CallEnd.RoomLocked);
        if (state.Members.Length + state.Invitees.Length >= RoomLimits.Members) return RoomStep.Refuse(state, CallEnd.RoomFull);
        if (state.Invitees.Any(known => IsSame(known.Extension, known.Party, request))) return RoomStep.Refuse(state, CallEnd.Busy);

        var invitee = new RoomInvitee(
            new LegId($"{asked.CallKey[(asked.CallKey.IndexOf('/', StringComparison.Ordinal) + 1)..]}-0"), asked.CallKey, request.RequestId, request.By, request.CallKey,
            by.Extension, by.Party, request.Extension, request.Who, now);
        return RoomMachine.Changed(state with { Invitees = state.Invitees.Add(invitee) }, now, SaveRoom.It, new CallInvitee(invitee));
    }

    /// <summary>Nobody came in by the call.</summary>
    public static RoomStep Lose(RoomState state, string callKey, CallEnd why, DateTimeOffset now) => Find(state, callKey) is { } invitee
        ? RoomMachine.Changed(Without(state, invitee), now, SaveRoom.It, Tell(invitee, why))
        : RoomStep.Ignore(state);

    /// <summary>A member takes the call back.</summary>
    public static RoomStep Cancel(RoomState state, RoomInvitee invitee, DateTimeOffset now) =>
        RoomMachine.Changed(Without(state, invitee), now, SaveRoom.It, new CancelInvitee(invitee.CallKey), Tell(invitee, CallEnd.Cancelled));

    /// <summary>Somebody who was called has come in, or says so.</summary>
    public static (RoomState State, ImmutableArray<RoomEffect> Effects) Meet(RoomState state, string callKey) => Find(state, callKey) is { } invitee
        ? (Without(state, invitee), [Tell(invitee, CallEnd.None)])
        : (state, []);

    public static IEnumerable<CancelInvitee> CancelAll(RoomState state) => state.Invitees.Select(invitee => new CancelInvitee(invitee.CallKey));

    public static IEnumerable<LookForInvitee> Looks(RoomState state, DateTimeOffset now) =>
        state.Invitees.Where(invitee => now - invitee.AskedAt >= LooksAfter).Select(invitee => new LookForInvitee(invitee.CallKey));

    /// <summary>Who is outside is known by their number alone.</summary>
    private static bool IsSame(string extension, Party party, InvitePerson wanted) => extension == wanted.Extension && (extension.Length > 0 || party.Number == wanted.Who.Number);

    private static RoomInvitee? Find(RoomState state, string callKey) => state.Invitees.FirstOrDefault(invitee => invitee.CallKey == callKey);

    private static RoomState Without(RoomState state, RoomInvitee invitee) => state with { Invitees = state.Invitees.Remove(invitee) };

    private static TellInviter Tell(RoomInvitee invitee, CallEnd why) => new(invitee.ByCallKey, invitee.By, invitee.RequestId, why);
}
