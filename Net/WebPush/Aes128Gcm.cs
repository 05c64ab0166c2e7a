using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Webphone.Net.WebPush;

/// <summary>
/// The content coding aes128gcm (<see href="https://www.rfc-editor.org/rfc/rfc8188">RFC 8188</see>), for a body of one record. No randomness: the salt comes in, and
/// must never come twice with the same key.
/// </summary>
public static class Aes128Gcm
{
    public const int SaltBytes = 16;
    public const int TagBytes = 16;

    /// <summary>What every receiver takes (RFC 8291 §4).</summary>
    public const int RecordBytes = 4096;

    private const int KeyBytes = 16;
    private const int NonceBytes = 12;
    private const int LengthBytes = sizeof(uint) + 1;

    /// <summary>Ends the last record.</summary>
    private const byte LastRecord = 2;

    /// <param name="keyId">Tells the receiver which key it is; at most 255 bytes.</param>
    public static byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> keyMaterial, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> keyId)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(salt.Length, SaltBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keyId.Length, byte.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plain.Length, RecordBytes - TagBytes - 1);
        var header = SaltBytes + LengthBytes + keyId.Length;
        var body = new byte[header + plain.Length + 1 + TagBytes];
        salt.CopyTo(body);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(SaltBytes), RecordBytes);
        body[SaltBytes + sizeof(uint)] = (byte)keyId.Length;
        keyId.CopyTo(body.AsSpan(SaltBytes + LengthBytes));

        Span<byte> record = new byte[plain.Length + 1];
        plain.CopyTo(record);
        record[^1] = LastRecord;
        Span<byte> pseudoRandom = stackalloc byte[SHA256.HashSizeInBytes], key = stackalloc byte[KeyBytes], nonce = stackalloc byte[NonceBytes];
        HKDF.Extract(HashAlgorithmName.SHA256, keyMaterial, salt, pseudoRandom);
        HKDF.Expand(HashAlgorithmName.SHA256, pseudoRandom, key, "Content-Encoding: aes128gcm\0"u8);
        HKDF.Expand(HashAlgorithmName.SHA256, pseudoRandom, nonce, "Content-Encoding: nonce\0"u8);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, record, body.AsSpan(header, record.Length), body.AsSpan(header + record.Length));
        return body;
    }
}
