using System.Collections.Immutable;

namespace Webphone.Grains.Phones;

/// <summary>A desk phone that gets its configuration from here. The key is its hardware address: twelve lower-case hexadecimal digits.</summary>
public interface IPhoneGrain : IGrainWithStringKey
{
    /// <summary>All that the phone needs, for who knows its token; null for a phone that is not provisioned, and for a wrong token.</summary>
    Task<PhoneConfiguration?> Configure(string token);

    /// <summary>The token in the path of its files, made when it is asked for first; null for a phone that is not provisioned.</summary>
    Task<string?> GetToken();

    /// <summary>Makes another token: whoever knows the old one gets nothing any more.</summary>
    Task<string?> Rotate();
}

/// <summary>How phones of a tenant reach the server and what time it is there.</summary>
/// <param name="Server">Host name or address; empty for the one that the phone asked for its configuration.</param>
/// <param name="Port">0 for the transport's own.</param>
/// <param name="Transport">udp, tcp or tls.</param>
/// <param name="NtpServer">Where they get the time.</param>
/// <param name="TimeZone">Its name, such as Europe/Berlin.</param>
/// <param name="VoicemailNumber">What the message key dials.</param>
[GenerateSerializer, Immutable]
public sealed record PhoneSettings(string Server, int Port, string Transport, string NtpServer, string TimeZone, string VoicemailNumber)
{
    public static readonly PhoneSettings Default = new("", 0, "udp", "pool.ntp.org", "UTC", "*97");
}

/// <summary>The configuration of one phone. It holds a password and is for the phone alone.</summary>
[GenerateSerializer, Immutable]
public sealed record PhoneConfiguration(
    string Mac,
    string Extension,
    string Name,
    string Domain,
    string Secret,
    PhoneSettings Settings,
    ImmutableArray<PhoneKey> Keys);

/// <summary>A phone as an administrator may see it.</summary>
/// <param name="Path">Of its configuration, below /provision/; it is a secret.</param>
[GenerateSerializer, Immutable]
public sealed record PhoneView(string Mac, string Tenant, string Extension, string Path);
