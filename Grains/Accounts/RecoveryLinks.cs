using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Webphone.Grains.Accounts;

/// <summary>
/// The token of a link by which a user sets a new password. Nothing is kept of it: it names the user, when it ends and which password it is to replace, and is signed.
/// So it works once, and whatever changes the password ends it.
/// </summary>
public static class RecoveryLinks
{
    public static readonly TimeSpan Duration = TimeSpan.FromHours(24);

    private const int LongestToken = 512;
    private const int MarkBytes = 12;

    /// <summary>Names a password without giving it away; null is the provisioned one.</summary>
    public static string MarkOf(PasswordHash? password) =>
        password is null ? "provisioned" : Convert.ToHexStringLower(SHA256.HashData([.. password.Salt, .. password.Hash]).AsSpan(0, MarkBytes));

    public static string Make(ReadOnlySpan<byte> key, string userKey, string mark, DateTimeOffset until)
    {
        var claims = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{userKey} {mark} {until.ToUnixTimeSeconds()}"));
        return $"{Base64Url.EncodeToString(claims)}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, claims))}";
    }

    /// <summary>Null when it is none of ours, or over.</summary>
    public static (string UserKey, string Mark)? Read(ReadOnlySpan<byte> key, string token, DateTimeOffset now)
    {
        if (token.Length > LongestToken || token.Split('.') is not [var written, var signature] || !Base64Url.IsValid(written) || !Base64Url.IsValid(signature)) return null;
        var claims = Base64Url.DecodeFromChars(written);
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, claims), Base64Url.DecodeFromChars(signature))) return null;
        return Encoding.UTF8.GetString(claims).Split(' ') is [var userKey, var mark, var end]
            && long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var until) && now.ToUnixTimeSeconds() < until
            ? (userKey, mark)
            : null;
    }
}
