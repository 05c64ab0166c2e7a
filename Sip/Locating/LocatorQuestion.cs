namespace Webphone.Sip.Locating;

/// <summary>What the locator wants to know from DNS.</summary>
/// <param name="Kind">The record type.</param>
/// <param name="Name">The name that is asked for.</param>
public readonly record struct LocatorQuestion(DnsKind Kind, string Name);

/// <summary>The record types that RFC 3263 uses.</summary>
public enum DnsKind : byte
{
    Naptr,
    Srv,
    /// <summary>A and AAAA: the resolver gives the addresses of both, in its order of preference.</summary>
    Address,
}
