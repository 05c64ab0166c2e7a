namespace Webphone.Grains.Calls;

/// <summary>Names one leg for its whole life, across owners. Made by whoever creates the leg; unique in the cluster.</summary>
[GenerateSerializer, Immutable]
public readonly record struct LegId(string Value)
{
    public override string ToString() => Value;
}
