using System.Security.Cryptography;

namespace Webphone.Silo.Edges;

/// <summary>Identifiers that nobody can guess.</summary>
internal static class RandomId
{
    /// <summary>A new one: 128 random bits, safe in a URL and in a header.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
