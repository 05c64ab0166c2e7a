using System.Collections.Immutable;

namespace Webphone.Grains.Slots;

/// <summary>Who is in a tenant's slots. Replaced whole, never changed.</summary>
[GenerateSerializer, Immutable]
public sealed record SlotsState
{
    public const int CurrentVersion = 1;

    [Id(0)]
    public int SchemaVersion { get; init; } = CurrentVersion;

    [Id(1)]
    public long Version { get; init; }

    [Id(2)]
    public ImmutableArray<TakenSlot> Taken { get; init; } = [];

    public TakenSlot? Find(string slot) => Taken.FirstOrDefault(taken => taken.Slot == slot);
}

/// <param name="SeenAt">When the call of the parked party last said that they are there.</param>
[GenerateSerializer, Immutable]
public sealed record TakenSlot(string Slot, ParkedParty Party, DateTimeOffset SeenAt);
