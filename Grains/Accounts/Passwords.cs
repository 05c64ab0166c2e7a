using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Webphone.Grains.Accounts;

/// <summary>Makes and checks what is kept instead of a password. One check costs one PBKDF2, whatever it is checked against and however it ends.</summary>
public static class Passwords
{
    /// <summary>What OWASP asks for PBKDF2 with HMAC-SHA-512.</summary>
    public const int Iterations = 210_000;

    /// <summary>The most that a provisioned hash may ask for: more would be a way to keep us busy.</summary>
    public const int MostIterations = 2_000_000;

    private const string Scheme = "pbkdf2-sha512";
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private static readonly PasswordHash Nobody = new(Iterations, [.. new byte[SaltBytes]], [.. new byte[HashBytes]]);
    private static readonly byte[] ProcessKey = RandomNumberGenerator.GetBytes(32);

    public static PasswordHash Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PasswordHash(Iterations, [.. salt], [.. Derive(password, salt, Iterations)]);
    }

    public static bool Verify(string password, PasswordHash kept) =>
        CryptographicOperations.FixedTimeEquals(Derive(password, kept.Salt.AsSpan(), kept.Iterations), kept.Hash.AsSpan());

    /// <summary>Checks against the password of a provisioning file, which is on the same disk anyway; costs what <see cref="Verify(string, PasswordHash)"/> does.</summary>
    public static bool Verify(string password, ProvisionedPassword kept)
    {
        if (kept.Hash is { } hash)
            return Verify(password, hash);
        Verify(password, Nobody);
        return CryptographicOperations.FixedTimeEquals(Key(password), kept.Keyed.Span);
    }

    /// <summary>For a user who is not: as long as for one who is.</summary>
    public static bool VerifyNobody(string password)
    {
        Verify(password, Nobody);
        return false;
    }

    /// <summary>A password of the provisioning file as memory holds it: a hash by a key that only this process has and that ends with it.</summary>
    public static byte[] Key(string password) => HMACSHA256.HashData(ProcessKey, Encoding.UTF8.GetBytes(password));

    /// <summary><c>pbkdf2-sha512$iterations$salt$hash</c>, the last two in base64.</summary>
    public static string Write(PasswordHash hash) => string.Create(
        CultureInfo.InvariantCulture, $"{Scheme}${hash.Iterations}${Convert.ToBase64String(hash.Salt.AsSpan())}${Convert.ToBase64String(hash.Hash.AsSpan())}");

    public static bool TryRead(string text, out PasswordHash? hash)
    {
        hash = null;
        var parts = text.Split('$');
        if (parts.Length != 4 || parts[0] != Scheme
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < 1_000 or > MostIterations
            || !TryDecode(parts[2], out var salt) || salt.Length is < 8 or > 64
            || !TryDecode(parts[3], out var value) || value.Length != HashBytes)
            return false;
        hash = new PasswordHash(iterations, [.. salt], [.. value]);
        return true;
    }

    private static byte[] Derive(string password, ReadOnlySpan<byte> salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, HashBytes);

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var fits = Convert.TryFromBase64String(text, bytes, out var length);
        bytes = bytes[..length];
        return fits;
    }
}

/// <summary>A user's password as provisioned.</summary>
/// <param name="Keyed">By <see cref="Passwords.Key"/>, where the file has the password itself.</param>
/// <param name="Hash">Where the file has only a hash.</param>
public sealed record ProvisionedPassword(ReadOnlyMemory<byte> Keyed, PasswordHash? Hash);
