using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Rooms;
using Webphone.Grains.Slots;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>Carries out what a call asks of rooms, slots and other calls: each comes to an event for the call, or to none, and never throws.</summary>
internal sealed partial class CallPlaceCommands(IGrainFactory grains, string callKey, IDirectory directory, TimeProvider time, ILogger log)
{
    /// <summary>A grain whose silo died comes back within this many tries.</summary>
    private const int Tries = 6;

    /// <summary>A call parks its party within this many looks, or not at all.</summary>
    private const int Looks = 12;

    /// <summary>Who picks up waits for these looks to hear that nobody rings.</summary>
    private const int RingLooks = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(250);

    private readonly string _tenant = UserKey.Split(callKey).Tenant;

    public static bool CarriesOut(CallEffect effect) => effect is AskRoom or LeaveRoom or HoldInRoom or AskInvitee or TellRoomInvitation or TakeSlot or FreeSlot or FindParty or FindConference or ParkHeldCall or AskTransfer;

    public async Task<CallEvent?> Run(CallEffect effect) => effect switch
    {
        AskRoom ask => await Join(ask),
        LeaveRoom leave => await Silent(() => RoomOf(leave.Number).Leave(leave.Legs), "room"),
        HoldInRoom hold => await Silent(() => RoomOf(hold.Number).Hold(hold.Leg, hold.Holding), "room"),
        AskInvitee ask => await Invite(ask),
        TellRoomInvitation tell => await Silent(() => RoomOf(tell.Number).InvitationOver(callKey, tell.Why), "room"),
        TakeSlot take => await Park(take),
        FreeSlot free => await Silent(() => Slots.Free(free.Slot, callKey), "slots"),
        FindParty find => await Asked(() => Find(find), "party") is { } found ? new PartyFound(found.CallKey, found.Replaces, found.Why) : new PartyFound(null),
        FindConference { Joined: { } joined } => new ConferenceFound(await Asked(() => Join(joined), "call to join") is { Length: > 0 } number ? number : null),
        FindConference => new ConferenceFound(null),
        ParkHeldCall park => new HeldParked(await Asked(() => ParkHeld(park.Extension), "held call") is { Length: > 0 } slot ? slot : null),
        AskTransfer ask => await Told(() => grains.GetGrain<ICallGrain>(ask.CallKey).Transfer(ask.Request), "call") ? null : new TransferNotAsked(ask.Request.RequestId, ask.By),
        _ => throw new InvalidOperationException($"Nobody carries out {effect}."),
    };

    private ITenantSlotsGrain Slots => grains.GetGrain<ITenantSlotsGrain>(_tenant);

    private IRoomGrain RoomOf(string number) => grains.GetGrain<IRoomGrain>(UserKey.Of(_tenant, number));

    private async Task<CallEvent> Join(AskRoom ask)
    {
        var legs = ask.Join.Members.Select(member => member.Leg).ToImmutableArray();
        var number = ask.Number;
        var answer = await Asked(
            async () =>
            {
                number ??= await grains.GetGrain<ITenantRoomsGrain>(_tenant).RoomOf(ask.Join.Host).WaitAsync(EdgeLimits.CommandTimeout, time);
                return number is null ? RoomAnswer.Refused(CallEnd.Overloaded) : await RoomOf(number).Join(ask.Join).WaitAsync(EdgeLimits.CommandTimeout, time);
            },
            "room");
        if (answer is not null) return new RoomAnswered(ask.RequestId, answer.Refusal, answer.Ticket, legs);
        // Should it have taken them all the same, it hears that they are not in; and if not even that, their lease ends.
        if (number is not null && !ask.Join.IsIn) await Told(() => RoomOf(number).Leave(legs), "room");
        return new RoomAnswered(ask.RequestId, CallEnd.Failed, null, legs);
    }

    private async Task<CallEvent?> Invite(AskInvitee ask)
    {
        var user = directory.FindUser(_tenant, ask.Invitee);
        var who = new Party(ask.Invitee, user?.Name ?? "");
        var answer = await Asked(
            async () => new Answer(await RoomOf(ask.Number).Invite(new InvitePerson(ask.RequestId, callKey, ask.By, user?.Extension ?? Outsider.Extension, who)).WaitAsync(EdgeLimits.CommandTimeout, time)), "room");
        return answer?.Refusal is CallEnd.None ? null : new InviteeSettled(ask.RequestId, ask.By, answer?.Refusal ?? CallEnd.Failed);
    }

    private async Task<CallEvent> Park(TakeSlot take)
    {
        var answer = await Asked(() => Slots.Park(take.Park).WaitAsync(EdgeLimits.CommandTimeout, time), "slots");
        var parkTime = directory.FindTenant(_tenant)?.Features.ParkTime ?? TenantFeatures.Default.ParkTime;
        return new SlotAnswered(take.RequestId, answer?.Refusal ?? CallEnd.Failed, answer?.Slot ?? "", parkTime);
    }

    private async Task<Found> Find(FindParty find) => find.Place switch
    {
        { Kind: PlaceKind.Slot, Number: { } slot } => new Found((await Slots.Find(slot).WaitAsync(EdgeLimits.CommandTimeout, time))?.CallKey),
        { Kind: PlaceKind.Pickup, Number: { } extension } => new Found(await RingingAmong([extension])),
        { Kind: PlaceKind.Pickup } => new Found(await RingingAmong(GroupOf(find.Extension))),
        { Kind: PlaceKind.OwnCall } => await TalkOf(find.Extension, find.Device),
        _ => new Found(null),
    };

    /// <summary>The call in which the user talks at another device; of several the one that they do not hold, or the latest.</summary>
    private async Task<Found> TalkOf(string extension, string device)
    {
        var user = await grains.GetGrain<IUserGrain>(UserKey.Of(_tenant, extension)).GetView().WaitAsync(EdgeLimits.CommandTimeout, time);
        var talks = from call in user.Calls
                    where call.Phase == CallPhase.Connected && call.CallKey != callKey
                    from party in call.Parties
                    where party.Extension == extension && !party.Transfers && party.Phase is LegPhase.Connected or LegPhase.Holding or LegPhase.Away
                    orderby party.Holding, call.AnsweredAt descending
                    select (party.DeviceId, Found: new Found(call.CallKey, party.Leg));
        var found = talks.ToArray();
        // Where they have dialled it they have the call already.
        return found.FirstOrDefault(talk => talk.DeviceId != device).Found ?? new Found(null, Why: found.Length > 0 ? CallEnd.Forbidden : CallEnd.NotFound);
    }

    /// <summary>The number of the room that the call is in, once it is; empty when it is not, and does not become a conference.</summary>
    private async Task<string> Join(Consultation joined)
    {
        var call = grains.GetGrain<ICallGrain>(joined.CallKey);
        for (var look = 1; look <= Looks; look++)
        {
            var view = await call.GetView().WaitAsync(EdgeLimits.CommandTimeout, time);
            if (view?.Room is { } room) return room;
            if (view is not { Phase: CallPhase.Connected }) break;
            if (look == 1) await call.Transfer(new TransferRequest($"join-{callKey}", joined.Leg, "", null, MoveKind.Merge)).WaitAsync(EdgeLimits.CommandTimeout, time);
            await Task.Delay(LookAgainAfter, time);
        }

        return "";
    }

    /// <summary>The slot where the party is whom the user holds, or has parked; empty when there is none.</summary>
    private async Task<string> ParkHeld(string extension)
    {
        var user = await grains.GetGrain<IUserGrain>(UserKey.Of(_tenant, extension)).GetView().WaitAsync(EdgeLimits.CommandTimeout, time);
        var held = (from call in user.Calls
                    where call is { Phase: CallPhase.Connected, Room: null } && call.CallKey != callKey
                    from party in call.Parties
                    where party.Extension == extension && party.Phase == LegPhase.Holding
                    orderby call.AnsweredAt descending
                    select new Found(call.CallKey, party.Leg)).FirstOrDefault();
        if (held is not null)
            await grains.GetGrain<ICallGrain>(held.CallKey!).Transfer(new TransferRequest($"park-{callKey}", held.Replaces!.Value, NumberingPlan.ParkCode, null)).WaitAsync(EdgeLimits.CommandTimeout, time);
        for (var look = 1; look <= Looks; look++)
        {
            var slots = await Slots.GetView().WaitAsync(EdgeLimits.CommandTimeout, time);
            if (slots.Slots.FirstOrDefault(slot => held is null ? slot.Parked?.ByExtension == extension : slot.Parked?.CallKey == held.CallKey) is { } taken) return taken.Slot;
            if (held is null) break;
            await Task.Delay(LookAgainAfter, time);
        }

        return "";
    }

    private ImmutableArray<string> GroupOf(string extension) =>
        [.. directory.FindTenant(_tenant)?.Features.PickupGroups.Where(group => group.Contains(extension)).SelectMany(group => group).Where(other => other != extension).Distinct() ?? []];

    /// <summary>A phone may ring a moment before its user is told of the call: who is quick to pick it up is not told that nobody rings.</summary>
    private async Task<string?> RingingAmong(ImmutableArray<string> extensions)
    {
        for (var look = 1; !extensions.IsEmpty; look++)
        {
            var found = await Task.WhenAll(extensions.Select(RingingAt));
            if (look == RingLooks || found.Any(callKey => callKey is not null)) return found.FirstOrDefault(callKey => callKey is not null);
            await Task.Delay(LookAgainAfter, time);
        }

        return null;
    }

    /// <summary>The call that has been ringing there for the longest.</summary>
    private async Task<string?> RingingAt(string extension)
    {
        var user = await grains.GetGrain<IUserGrain>(UserKey.Of(_tenant, extension)).GetView().WaitAsync(EdgeLimits.CommandTimeout, time);
        return user.Calls.Where(call => call.Phase == CallPhase.Ringing && call.Parties.Any(party => !party.IsCaller && party.Extension == extension))
            .MinBy(call => call.StartedAt)?.CallKey;
    }

    private async Task<T?> Asked<T>(Func<Task<T>> ask, string whom) where T : class
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (attempt > 1) await Task.Delay(Pause, time);
            try
            {
                return await ask();
            }
            catch (Exception error)
            {
                LogNotAsked(log, callKey, whom, error);
            }
        }

        return null;
    }

    private async Task<bool> Told(Func<Task> tell, string whom) => await Asked(
        async () =>
        {
            await tell().WaitAsync(EdgeLimits.CommandTimeout, time);
            return callKey;
        },
        whom) is not null;

    private async Task<CallEvent?> Silent(Func<Task> tell, string whom)
    {
        await Told(tell, whom);
        return null;
    }

    private sealed record Answer(CallEnd Refusal);

    private sealed record Found(string? CallKey, LegId? Replaces = null, CallEnd Why = CallEnd.NotFound);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey}: no answer of {Whom}")]
    private static partial void LogNotAsked(ILogger log, string callKey, string whom, Exception error);
}
