namespace Webphone.Grains.Calls;

/// <summary>Who a leg is, as the other side may see it. <paramref name="Number"/> is an extension or a dialled number; the name may be empty.</summary>
[GenerateSerializer, Immutable]
public sealed record Party(string Number, string Name);
