using System.Buffers.Text;
using System.Security.Cryptography;

namespace Webphone.Net.WebPush;

/// <summary>What a browser gives away of a push subscription so that messages can be encrypted for it (RFC 8291 §2).</summary>
/// <param name="Public">Its P-256 key, uncompressed.</param>
/// <param name="Auth">The secret that it shares with us and not with its push service.</param>
public sealed record PushKeys(ReadOnlyMemory<byte> Public, ReadOnlyMemory<byte> Auth)
{
    public const int AuthBytes = 16;

    /// <summary>An uncompressed point of P-256.</summary>
    public const int PointBytes = 1 + 2 * CoordinateBytes;

    private const int CoordinateBytes = 32;
    private const byte Uncompressed = 4;

    /// <summary>Both are base64url, as a browser writes them. False when they are none, or the key is no point of the curve.</summary>
    public static bool TryRead(string publicKey, string auth, out PushKeys? keys)
    {
        keys = null;
        if (!TryDecode(publicKey, PointBytes, out var point) || !TryDecode(auth, AuthBytes, out var secret) || point[0] != Uncompressed)
            return false;
        try
        {
            using var key = ECDiffieHellman.Create(ParametersOf(point));
        }
        catch (CryptographicException)
        {
            return false;
        }
        keys = new PushKeys(point, secret);
        return true;
    }

    internal static ECParameters ParametersOf(ReadOnlySpan<byte> point) => new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point.Slice(1, CoordinateBytes).ToArray(), Y = point[(1 + CoordinateBytes)..].ToArray() },
    };

    internal static byte[] PointOf(ECParameters key) => [Uncompressed, .. key.Q.X!, .. key.Q.Y!];

    private static bool TryDecode(string text, int length, out byte[] bytes)
    {
        bytes = new byte[length];
        var trimmed = text.AsSpan().TrimEnd('=');
        return Base64Url.IsValid(trimmed, out var decoded) && decoded == length && Base64Url.TryDecodeFromChars(trimmed, bytes, out var written) && written == length;
    }
}
