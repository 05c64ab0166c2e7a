using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Rooms;

/// <summary>
/// The life of a room: <c>(state, event, now) → (state, effects)</c>, with no clock, no IO and no task in it.
/// <code>
///          somebody comes in                    the 10th has come in, or is called
///   Off ───────────────────────► On ──────────────────────────────────► full: the next is refused
///    ▲                           │ ▲ │ locked: who is not the host is refused
///    └── the last one has left ──┘ └─┘ hold, mute, speak, leave, call somebody in, move to another node
/// </code>
/// The members' calls own the legs and enter the mix; the room says where it is and who may be in it. So a room that is lost loses nobody:
/// the calls say again who is in, and where they come last decides nothing but the order of the list.
/// </summary>
public static class RoomMachine
{
    public static readonly TimeSpan SweepEvery = CallMachine.SweepEvery;

    /// <summary>A call says that often enough that its legs are in; one that is silent for longer is gone.</summary>
    public static readonly TimeSpan MemberLease = CallMachine.SweepEvery * 4;

    /// <summary>Legs that were sent out are remembered up to this many.</summary>
    public const int MaxRemoved = 32;

    public static RoomStep Step(RoomState state, RoomEvent input, DateTimeOffset now) => state.IsOn ? On(state, input, now) : Off(state, input, now);

    private static RoomStep Off(RoomState state, RoomEvent input, DateTimeOffset now) => input switch
    {
        MembersJoin join => Dismissing(state, join.Request, request => Open(state, request, now)),
        MuteAsked or KickAsked or LockAsked or InviteAsked => RoomStep.Refuse(state, CallEnd.NotFound),
        // Nobody is in.
        MembersLeave or MemberHolds or SpeakersHeard or InviteeLost or SweepDue => RoomStep.Ignore(state),
        _ => throw Unlisted(input),
    };

    private static RoomStep On(RoomState state, RoomEvent input, DateTimeOffset now) => input switch
    {
        MembersJoin join => Dismissing(state, join.Request, request => Join(state, request, now)),
        MembersLeave leave => Leave(state, leave.Legs, now),
        MemberHolds hold => state.Find(hold.Leg) is { } member && member.Holding != hold.Holding
            ? Changed(state.With(member with { Holding = hold.Holding }), now, SaveRoom.It)
            : RoomStep.Ignore(state),
        SpeakersHeard heard => heard.Mix == state.Mix ? Speaking(state, heard.Speakers, now) : RoomStep.Ignore(state),
        MuteAsked mute => Mute(state, mute, now),
        KickAsked kick => Kick(state, kick, now),
        LockAsked asked => !MayModerate(state, asked.By) ? RoomStep.Refuse(state, CallEnd.Forbidden)
            : asked.Locked == state.Locked ? RoomStep.Ignore(state)
            : Changed(state with { Locked = asked.Locked }, now, SaveRoom.It),
        InviteAsked invite => RoomInvitations.Ask(state, invite, now),
        InviteeLost lost => RoomInvitations.Lose(state, lost.CallKey, lost.Why, now),
        SweepDue => Sweep(state, now),
        _ => throw Unlisted(input),
    };

    private static RoomStep Open(RoomState state, JoinRoom request, DateTimeOffset now)
    {
        if (request.Members.IsDefaultOrEmpty) return RoomStep.Ignore(state);
        if (request.IsInvited) return RoomStep.Refuse(state, CallEnd.Cancelled);
        if (request.Members.Length > RoomLimits.Members) return RoomStep.Refuse(state, CallEnd.RoomFull);
        var version = Versions.Next(state.Version, now);
        return Changed(
            state with
            {
                Host = request.Host,
                Locked = false,
                Node = request.Node,
                Mix = MixName(version),
                Members = [.. request.Members.Select(member => New(member, request, now))],
                StartedAt = now,
            },
            now, SaveRoom.It, StartSweep.It);
    }

    private static RoomStep Join(RoomState before, JoinRoom request, DateTimeOffset now)
    {
        if (request.Members.IsDefaultOrEmpty) return RoomStep.Ignore(before);
        var (state, met) = RoomInvitations.Meet(before, request.CallKey);
        var coming = request.Members.RemoveAll(member => state.Find(member.Leg) is not null);
        if (coming.Length > 0 && request.IsInvited && met.IsEmpty) return RoomStep.Refuse(before, CallEnd.Cancelled);
        if (coming.Length > 0 && state.Locked && !request.IsIn && met.IsEmpty && (request.Host.Length == 0 || request.Host != state.Host)) return RoomStep.Refuse(before, CallEnd.RoomLocked);
        if (state.Members.Length + coming.Length + (request.IsIn ? 0 : state.Invitees.Length) > RoomLimits.Members) return RoomStep.Refuse(before, CallEnd.RoomFull);

        var known = state.Members.Select(member => request.Members.FirstOrDefault(said => said.Leg == member.Leg) is { } said
            ? member with { SeenAt = now, CallKey = request.CallKey, Endpoint = said.Endpoint, Holding = said.Holding }
            : member).ToImmutableArray();
        var visible = coming.Length > 0 || known.Zip(state.Members).Any(pair => pair.First with { SeenAt = default } != pair.Second with { SeenAt = default });
        var joined = state with { Members = [.. known, .. coming.Select(member => New(member, request, now))] };
        if (request.LostNode is { } lost && lost == state.Node && request.Node != lost) return Move(joined, request, now);
        if (!visible && met.IsEmpty) return new RoomStep(joined, []);
        RoomEffect[] effects = coming.Length > 0 && !request.IsIn ? [SaveRoom.It, new PlayToRoom(joined.Node, joined.Mix, ProgressTone.Entry)] : [SaveRoom.It];
        return Changed(joined, now, [.. effects, .. met]);
    }

    /// <summary>The node of the mix is gone: another makes a new one, and everybody goes there.</summary>
    private static RoomStep Move(RoomState state, JoinRoom request, DateTimeOffset now)
    {
        var moved = state with { Node = request.Node, Mix = MixName(Versions.Next(state.Version, now)) };
        RoomEffect[] effects =
        [
            SaveRoom.It,
            .. moved.Members.Select(member => member.CallKey).Where(callKey => callKey != request.CallKey).Distinct().Select(callKey => new MoveMembers(callKey)),
            Muting(moved),
        ];
        return Changed(moved, now, effects);
    }

    private static RoomStep Leave(RoomState state, ImmutableArray<LegId> legs, DateTimeOffset now)
    {
        var left = state.Members.RemoveAll(member => legs.Contains(member.Leg));
        if (left.Length == state.Members.Length) return RoomStep.Ignore(state);
        return left.IsEmpty ? Close(state, now) : Changed(
            state with { Members = left }, now,
            SaveRoom.It, new PartMembers(state.Node, state.Mix, [.. state.Members.Except(left).Select(member => member.Endpoint)]), new PlayToRoom(state.Node, state.Mix, ProgressTone.Exit));
    }

    private static RoomStep Close(RoomState state, DateTimeOffset now)
    {
        var over = new RoomState { Version = state.Version, Removed = state.Removed };
        return Changed(over, now, [SaveRoom.It, new KeepMembers(state.Node, state.Mix, []), .. RoomInvitations.CancelAll(state), CloseRoom.It]);
    }

    private static RoomStep Speaking(RoomState state, ImmutableArray<EndpointId> speakers, DateTimeOffset now)
    {
        var members = state.Members.Select(member => member with { Speaking = speakers.Contains(member.Endpoint) }).ToImmutableArray();
        return members.SequenceEqual(state.Members) ? RoomStep.Ignore(state) : Changed(state with { Members = members }, now);
    }

    private static RoomStep Mute(RoomState state, MuteAsked asked, DateTimeOffset now)
    {
        if (state.Find(asked.Leg) is not { } member) return RoomStep.Refuse(state, CallEnd.NotFound);
        if (member.Extension != asked.By && !MayModerate(state, asked.By)) return RoomStep.Refuse(state, CallEnd.Forbidden);
        if (member.Muted == asked.Muted) return RoomStep.Ignore(state);
        var muted = state.With(member with { Muted = asked.Muted, Speaking = member.Speaking && !asked.Muted });
        return Changed(muted, now, SaveRoom.It, Muting(muted));
    }

    private static RoomStep Kick(RoomState state, KickAsked asked, DateTimeOffset now)
    {
        if (state.Invitees.FirstOrDefault(called => called.Leg == asked.Leg) is { } invitee)
            return invitee.ByExtension == asked.By || MayModerate(state, asked.By) ? RoomInvitations.Cancel(state, invitee, now) : RoomStep.Refuse(state, CallEnd.Forbidden);
        if (state.Find(asked.Leg) is not { } member) return RoomStep.Refuse(state, CallEnd.NotFound);
        if (!MayModerate(state, asked.By)) return RoomStep.Refuse(state, CallEnd.Forbidden);
        var removed = state.Removed.Length < MaxRemoved ? state.Removed : state.Removed.RemoveAt(0);
        var step = Leave(state with { Removed = removed.Add(member.Leg) }, [member.Leg], now);
        return step with { Effects = [.. step.Effects, new DismissMember(member.CallKey, member.Leg, CallEnd.Removed)] };
    }

    /// <summary>Drops members whose calls have not said for long that they are in, and says again what may have been lost.</summary>
    private static RoomStep Sweep(RoomState state, DateTimeOffset now)
    {
        var gone = state.Members.Where(member => now - member.SeenAt > MemberLease).Select(member => member.Leg).ToImmutableArray();
        return gone.IsEmpty
            ? new RoomStep(state, [RenewLamp.It, new KeepMembers(state.Node, state.Mix, [.. state.Members.Select(member => member.Endpoint)]), Muting(state), .. RoomInvitations.Looks(state, now)])
            : Leave(state, gone, now);
    }

    /// <summary>A call that says of a leg that it is in, which was sent out, has not heard of that.</summary>
    private static RoomStep Dismissing(RoomState state, JoinRoom request, Func<JoinRoom, RoomStep> join)
    {
        var removed = request.Members.IsDefault ? [] : request.Members.RemoveAll(member => !state.Removed.Contains(member.Leg));
        if (removed.IsEmpty) return join(request);
        ImmutableArray<RoomEffect> dismissing = [.. removed.Select(member => new DismissMember(request.CallKey, member.Leg, CallEnd.Removed))];
        if (removed.Length == request.Members.Length) return new RoomStep(state, dismissing, CallEnd.Removed);
        var step = join(request with { Members = request.Members.RemoveRange(removed) });
        return step with { Effects = [.. step.Effects, .. dismissing] };
    }

    /// <summary>The host; while the host is not in, every user who is.</summary>
    private static bool MayModerate(RoomState state, string extension) => extension.Length > 0
        && (extension == state.Host || (!state.Members.Any(member => member.Extension.Length > 0 && member.Extension == state.Host) && state.Members.Any(member => member.Extension == extension)));

    private static MuteMembers Muting(RoomState state) =>
        new(state.Node, state.Mix, [.. state.Members.Where(member => member.Muted).Select(member => member.Endpoint)]);

    private static RoomMember New(NewMember member, JoinRoom request, DateTimeOffset now) =>
        new(member.Leg, request.CallKey, member.Endpoint, member.Extension, member.Party, now, now, Holding: member.Holding);

    private static string MixName(long version) => version.ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A change that members can see.</summary>
    internal static RoomStep Changed(RoomState state, DateTimeOffset now, params ReadOnlySpan<RoomEffect> effects) =>
        new(state with { Version = Versions.Next(state.Version, now) }, [.. effects, PublishRoom.It]);

    private static InvalidOperationException Unlisted(RoomEvent? input) => new($"A room has no line for {input?.GetType().Name ?? "nothing"}.");
}
