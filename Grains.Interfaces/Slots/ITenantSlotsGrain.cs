using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.Users;

namespace Webphone.Grains.Slots;

/// <summary>
/// The park slots of a tenant. The key is the tenant's name. Who is parked stays with their call, which plays them music; a slot says
/// which call that is, and anyone of the tenant gets them by dialling it.
/// </summary>
public interface ITenantSlotsGrain : IGrainWithStringKey
{
    /// <summary>A call puts a party into a slot, or says again that they are there.</summary>
    Task<ParkAnswer> Park(ParkParty request);

    /// <summary>The call's party is not in the slot any more.</summary>
    Task Free(string slot, string callKey);

    /// <summary>Who is in the slot; null when nobody is.</summary>
    Task<ParkedParty?> Find(string slot);

    Task<SlotsView> GetView();

    /// <summary>Subscribes, or renews for <see cref="WatchLease.Duration"/>; the answer is the snapshot to start from.</summary>
    Task<SlotsView> Watch(ISlotWatcher watcher);

    Task Unwatch(ISlotWatcher watcher);
}

/// <summary>Someone who shows the park board. Called once for each change, in version order.</summary>
public interface ISlotWatcher : IGrainObserver
{
    Task SlotsChanged(string tenant, SlotsView slots);
}

/// <summary>A party is to be parked.</summary>
/// <param name="Slot">Where; null for the lowest slot that is free.</param>
/// <param name="Party">Who, for whom, since when.</param>
[GenerateSerializer, Immutable]
public sealed record ParkParty(string? Slot, ParkedParty Party);

/// <summary>Who is parked.</summary>
/// <param name="CallKey">The call that keeps them.</param>
/// <param name="Leg">Their leg.</param>
/// <param name="Party">Who they are.</param>
/// <param name="ByExtension">Who parked them, and is rung when nobody takes them.</param>
/// <param name="By">The same, as others see them.</param>
[GenerateSerializer, Immutable]
public sealed record ParkedParty(string CallKey, LegId Leg, Party Party, string ByExtension, Party By, DateTimeOffset Since);

/// <summary>Whether a party was parked, and where.</summary>
/// <param name="Refusal"><see cref="CallEnd.None"/>, <see cref="CallEnd.SlotTaken"/>, or <see cref="CallEnd.NotFound"/> when there is no such slot.</param>
[GenerateSerializer, Immutable]
public sealed record ParkAnswer(CallEnd Refusal, string Slot)
{
    public static ParkAnswer Refused(CallEnd why) => new(why, "");
}

/// <summary>One slot as everyone of the tenant may see it.</summary>
/// <param name="Parked">Null when it is free.</param>
[GenerateSerializer, Immutable]
public sealed record SlotView(string Slot, ParkedParty? Parked);

/// <summary>The park board. Versions only grow; a lower one is stale.</summary>
[GenerateSerializer, Immutable]
public sealed record SlotsView(long Version, ImmutableArray<SlotView> Slots);
