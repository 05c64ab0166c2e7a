using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Webphone.Net.WebPush;

/// <summary>
/// The key that this installation shows push services, and the tokens that it signs with it (<see href="https://www.rfc-editor.org/rfc/rfc8292">RFC 8292</see>).
/// Browsers subscribe for this key alone, so that nobody else can push to them. Safe from any thread.
/// </summary>
public sealed class VapidKey : IDisposable
{
    /// <summary>Push services take no token that holds for longer.</summary>
    public static readonly TimeSpan LongestToken = TimeSpan.FromHours(24);

    private static readonly string Header = Base64Url.EncodeToString("{\"typ\":\"JWT\",\"alg\":\"ES256\"}"u8);
    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ECDsa _key;
    private readonly Lock _gate = new();

    /// <param name="pkcs8">The private key.</param>
    public VapidKey(ReadOnlySpan<byte> pkcs8)
    {
        _key = ECDsa.Create();
        _key.ImportPkcs8PrivateKey(pkcs8, out _);
        PublicKey = PublicKeyOf(_key);
    }

    /// <summary>Uncompressed, base64url: what PushManager.subscribe takes.</summary>
    public string PublicKey { get; }

    /// <summary>The value of the Authorization header for the push service of <paramref name="endpoint"/>.</summary>
    /// <param name="contact">A mailto: or https: address that the service can complain to.</param>
    public string Authorize(Uri endpoint, DateTimeOffset expires, string contact)
    {
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new Claims(endpoint.GetLeftPart(UriPartial.Authority), expires.ToUnixTimeSeconds(), contact), Json);
        var signed = $"{Header}.{Base64Url.EncodeToString(claims)}";
        byte[] signature;
        lock (_gate)
            signature = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"vapid t={signed}.{Base64Url.EncodeToString(signature)}, k={PublicKey}";
    }

    public void Dispose() => _key.Dispose();

    public static string PublicKeyOf(ECDsa key) => Base64Url.EncodeToString(PushKeys.PointOf(key.ExportParameters(includePrivateParameters: false)));

#pragma warning disable IDE1006 // The names are the token's.
    private sealed record Claims(string aud, long exp, string sub);
#pragma warning restore IDE1006
}
