using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Slots;

/// <summary>Who may be parked where: pure.</summary>
internal static class SlotRules
{
    /// <summary>Calls say with every sweep that their party is in a slot; one of which nothing was heard for so long is free.</summary>
    public static readonly TimeSpan Lease = CallMachine.SweepEvery * 4;

    public static (SlotsState State, ParkAnswer Answer) Park(SlotsState state, ParkParty request, ImmutableArray<string> slots, DateTimeOffset now)
    {
        var party = request.Party;
        // The answer to an earlier one was lost, or it is there and says so again.
        if (state.Taken.FirstOrDefault(taken => taken.Party.CallKey == party.CallKey) is { } own && (request.Slot is null || request.Slot == own.Slot))
            return (state with { Taken = state.Taken.Replace(own, own with { SeenAt = now }) }, new ParkAnswer(CallEnd.None, own.Slot));
        var slot = request.Slot ?? slots.FirstOrDefault(free => state.Find(free) is null);
        if (slot is null) return (state, ParkAnswer.Refused(CallEnd.SlotTaken));
        if (!slots.Contains(slot)) return (state, ParkAnswer.Refused(CallEnd.NotFound));
        if (state.Find(slot) is not null) return (state, ParkAnswer.Refused(CallEnd.SlotTaken));
        return (Changed(state with { Taken = state.Taken.Add(new TakenSlot(slot, party, now)) }, now), new ParkAnswer(CallEnd.None, slot));
    }

    public static SlotsState Free(SlotsState state, string slot, string callKey, DateTimeOffset now) =>
        state.Find(slot) is { } taken && taken.Party.CallKey == callKey ? Changed(state with { Taken = state.Taken.Remove(taken) }, now) : state;

    public static SlotsState WithoutGone(SlotsState state, DateTimeOffset now)
    {
        var left = state.Taken.RemoveAll(taken => now - taken.SeenAt > Lease);
        return left.Length == state.Taken.Length ? state : Changed(state with { Taken = left }, now);
    }

    private static SlotsState Changed(SlotsState state, DateTimeOffset now) => state with { Version = Versions.Next(state.Version, now) };
}
