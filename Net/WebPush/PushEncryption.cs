using System.Security.Cryptography;

namespace Webphone.Net.WebPush;

/// <summary>Encrypts a message so that only the browser reads it, and not its push service (<see href="https://www.rfc-editor.org/rfc/rfc8291">RFC 8291</see>).</summary>
public static class PushEncryption
{
    /// <summary>What is left of a body of 4,096 bytes, which every push service takes.</summary>
    public const int LongestMessage = 3993;

    private const int KeyMaterialBytes = 32;

    /// <param name="sender">A P-256 key that is made for this message alone.</param>
    /// <param name="salt">16 random bytes.</param>
    public static byte[] Encrypt(ReadOnlySpan<byte> message, PushKeys browser, ECDiffieHellman sender, ReadOnlySpan<byte> salt)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, LongestMessage);
        var own = PushKeys.PointOf(sender.ExportParameters(includePrivateParameters: false));
        using var other = ECDiffieHellman.Create(PushKeys.ParametersOf(browser.Public.Span));
        var agreed = sender.DeriveRawSecretAgreement(other.PublicKey);
        byte[] info = [.. "WebPush: info\0"u8, .. browser.Public.Span, .. own];
        Span<byte> keyMaterial = stackalloc byte[KeyMaterialBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, keyMaterial, browser.Auth.Span, info);
        CryptographicOperations.ZeroMemory(agreed);
        return Aes128Gcm.Seal(message, keyMaterial, salt, own);
    }
}
