using System.Collections.Immutable;
using System.Net;

namespace Webphone.Grains.Tenants;

/// <summary>A way to the outside: a provider, or a gateway to the telephone network, that speaks SIP.</summary>
/// <param name="Name">Unique in its tenant.</param>
/// <param name="Gateways">SIP URIs without a user, tried in their order.</param>
public sealed record TrunkRecord(string Name, ImmutableArray<string> Gateways)
{
    /// <summary>Whom we are to the gateway when it asks for a password; null where it does not.</summary>
    public TrunkCredentials? Credentials { get; init; }

    /// <summary>What stands after the @ in our numbers; null for the tenant's domain.</summary>
    public string? Domain { get; init; }

    /// <summary>The number that callers are shown as who have chosen none; null shows the extension.</summary>
    public string? CallerId { get; init; }

    /// <summary>What is dialled through it; the first that fits counts.</summary>
    public ImmutableArray<DialRule> Dials { get; init; } = [];

    /// <summary>Where its calls come from; from anywhere else none does.</summary>
    public ImmutableArray<IPNetwork> Networks { get; init; } = [];

    /// <summary>The numbers that are ours, and where they lead.</summary>
    public ImmutableArray<InboundNumber> Numbers { get; init; } = [];

    /// <summary>What goes before the numbers of callers, so that they can be dialled as they are shown.</summary>
    public string CallerPrefix { get; init; } = "";

    /// <summary>The number as the gateway wants it; null when it is not dialled through this trunk.</summary>
    public string? Sends(string dialled) => Dials.FirstOrDefault(rule => dialled.StartsWith(rule.Prefix, StringComparison.Ordinal) && dialled.Length > rule.Strip) is { } rule
        ? rule.Add + dialled[rule.Strip..]
        : null;

    /// <summary>Where one of our numbers leads, as it is dialled here; null when it is none of ours. Gateways write the same number with and without its +.</summary>
    public string? LeadsTo(string number) => Numbers.FirstOrDefault(own => own.Number.AsSpan().TrimStart('+').SequenceEqual(number.AsSpan().TrimStart('+')))?.Target;
}

/// <summary>What a gateway's challenge is answered with.</summary>
public sealed record TrunkCredentials(string User, string Secret)
{
    /// <summary>For logs: nobody finds the password there.</summary>
    public override string ToString() => User;
}

/// <summary>Dialled strings that go outside.</summary>
/// <param name="Prefix">How they begin; empty for all that nothing else is.</param>
/// <param name="Strip">How many characters are taken off before they are sent.</param>
/// <param name="Add">What is put before the rest.</param>
public sealed record DialRule(string Prefix, int Strip, string Add);

/// <summary>A number by which we are called from outside.</summary>
/// <param name="Target">An extension, the number of a room, or the echo test.</param>
public sealed record InboundNumber(string Number, string Target);
