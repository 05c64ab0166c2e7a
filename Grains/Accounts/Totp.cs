using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Webphone.Grains.Accounts;

/// <summary>Time-based one-time passwords (<see href="https://www.rfc-editor.org/rfc/rfc6238">RFC 6238</see>) as every authenticator app makes them: SHA-1, 30 s, six digits.</summary>
public static class Totp
{
    public const int SecretBytes = 20;
    public const int Digits = 6;
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>A clock may be off by so many periods, either way.</summary>
    private const int Tolerance = 1;

    private const string Base32Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / (long)Period.TotalSeconds;

    public static string CodeAt(ReadOnlySpan<byte> secret, long step, int digits = Digits)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)], hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // Authenticator apps know HMAC-SHA-1 alone.
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & int.MaxValue;
        return (number % (int)Math.Pow(10, digits)).ToString("D" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>The step that the code is of, near <paramref name="now"/> and after <paramref name="usedStep"/>: a code that was seen once is seen no more. Null when it is of none.</summary>
    public static long? FindStep(ReadOnlySpan<byte> secret, string code, DateTimeOffset now, long usedStep)
    {
        var middle = StepAt(now);
        var given = Encoding.UTF8.GetBytes(code);
        long? found = null;
        for (var step = middle - Tolerance; step <= middle + Tolerance; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(CodeAt(secret, step)), given) && step > usedStep) found ??= step;
        }

        return found;
    }

    /// <summary>RFC 4648 §6, without padding.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 + 4) / 5);
        int buffer = 0, bits = 0;
        foreach (var value in bytes)
        {
            buffer = (buffer << 8 | value) & 0xfff;
            for (bits += 8; bits >= 5; bits -= 5) text.Append(Base32Letters[buffer >> (bits - 5) & 31]);
        }

        if (bits > 0) text.Append(Base32Letters[buffer << (5 - bits) & 31]);
        return text.ToString();
    }
}
