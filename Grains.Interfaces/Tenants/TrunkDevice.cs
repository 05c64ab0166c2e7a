using Webphone.Grains.Users;

namespace Webphone.Grains.Tenants;

/// <summary>A number outside, as a call rings it: one device, by a trunk whose gateways the edge knows.</summary>
public static class TrunkDevice
{
    private const string Prefix = "trunk:";

    /// <summary>It is on no node: the edge that holds the caller rings it.</summary>
    public static Binding Of(string trunk, string number) =>
        new(Prefix + trunk, number, Node: "", Prefix + trunk, [], Prefix, 0, TimeSpan.Zero, DateTimeOffset.MaxValue, "");

    /// <summary>The trunk's name; null for any other device. What a phone registers cannot look like it: flows are named by us.</summary>
    public static string? TrunkOf(Binding binding) => binding.Flow.StartsWith(Prefix, StringComparison.Ordinal) ? binding.Flow[Prefix.Length..] : null;
}
