using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Webphone.Sip.Authentication;

/// <summary>
/// Nonces that need no memory: time of issue and random bytes, signed with the server's key. A nonce of another server with the same key is good here too.
/// </summary>
public sealed class NonceMint
{
    /// <summary>The least length of the key in bytes.</summary>
    public const int KeyBytes = 32;

    /// <summary>The random bytes that go into a nonce.</summary>
    public const int RandomBytes = 8;

    /// <summary>A nonce in characters.</summary>
    public const int TextLength = 43;

    private const int BodyBytes = 16;
    private const int NonceBytes = 32;

    private readonly byte[] _key;

    public NonceMint(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, KeyBytes);
        _key = key.ToArray();
    }

    /// <param name="destination">Gets <see cref="TextLength"/> characters.</param>
    public void Write(DateTimeOffset now, ReadOnlySpan<byte> random, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomBytes);
        Span<byte> nonce = stackalloc byte[NonceBytes];
        BinaryPrimitives.WriteInt64BigEndian(nonce, now.ToUnixTimeMilliseconds());
        random.CopyTo(nonce[8..]);
        Sign(nonce[..BodyBytes], nonce[BodyBytes..]);
        Base64Url.EncodeToUtf8(nonce, destination);
    }

    /// <summary>False if we did not make it.</summary>
    internal bool TryRead(ReadOnlySpan<byte> text, out UInt128 identity, out long issuedMs)
    {
        identity = default;
        issuedMs = 0;
        Span<byte> nonce = stackalloc byte[NonceBytes];
        if (text.Length != TextLength || Base64Url.DecodeFromUtf8(text, nonce, out _, out var length) is not OperationStatus.Done || length != NonceBytes)
            return false;
        Span<byte> expected = stackalloc byte[NonceBytes - BodyBytes];
        Sign(nonce[..BodyBytes], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, nonce[BodyBytes..]))
            return false;
        identity = BinaryPrimitives.ReadUInt128BigEndian(nonce);
        issuedMs = BinaryPrimitives.ReadInt64BigEndian(nonce);
        return true;
    }

    private void Sign(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, body, full);
        full[..destination.Length].CopyTo(destination);
    }
}
