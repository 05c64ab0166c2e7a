using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Webphone.System.Tests.Harness;

/// <summary>RFC 7616 answers to a challenge, for the test's own phone.</summary>
public static partial class Digest
{
    public static string Answer(string challenge, string user, string secret, string method, string uri, string? nonce = null, int count = 1)
    {
        var fields = Fields().Matches(challenge).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.Trim('"'), StringComparer.OrdinalIgnoreCase);
        var algorithm = fields.GetValueOrDefault("algorithm", "MD5");
        var realm = fields["realm"];
        nonce ??= fields["nonce"];
        var qop = fields.GetValueOrDefault("qop", "").Split(',').Select(q => q.Trim()).FirstOrDefault(q => q == "auth");
        string Hash(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return Convert.ToHexStringLower(algorithm.StartsWith("SHA-256", StringComparison.OrdinalIgnoreCase) ? SHA256.HashData(bytes) : MD5.HashData(bytes));
        }

        var cnonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var nc = count.ToString("x8");
        var ha1 = Hash($"{user}:{realm}:{secret}");
        var ha2 = Hash($"{method}:{uri}");
        var response = qop is null ? Hash($"{ha1}:{nonce}:{ha2}") : Hash($"{ha1}:{nonce}:{nc}:{cnonce}:{qop}:{ha2}");
        var opaque = fields.TryGetValue("opaque", out var o) ? $", opaque=\"{o}\"" : "";
        var quality = qop is null ? "" : $", qop={qop}, nc={nc}, cnonce=\"{cnonce}\"";
        return $"Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", algorithm={algorithm}{quality}{opaque}";
    }

    [GeneratedRegex("(\\w+)\\s*=\\s*(\"[^\"]*\"|[^\\s,]+)")]
    private static partial Regex Fields();
}
