using System.Globalization;

namespace Webphone.Sip.Sdp;

/// <summary>a=crypto of <a href="https://www.rfc-editor.org/rfc/rfc4568#section-9.1">RFC 4568 §9.1</a>: an SRTP key in the clear of the signalling.</summary>
/// <param name="KeySalt">The inline key and salt in base64.</param>
/// <param name="KeyParameters">What follows it: lifetime and MKI, with the bars; empty if nothing does.</param>
public sealed record SdpCrypto(int Tag, string Suite, string KeySalt, string KeyParameters = "", string SessionParameters = "")
{
    /// <summary>The suites that every SDES phone knows (RFC 4568 §6.2).</summary>
    public const string Aes128Sha1Bits80 = "AES_CM_128_HMAC_SHA1_80";

    public const string Aes128Sha1Bits32 = "AES_CM_128_HMAC_SHA1_32";

    private const int KeyAndSaltBytes = 30;

    /// <summary>
    /// Whether we can speak it: one key of the right length, for the whole session. A master key identifier would be part of every packet, which we do not
    /// write or expect; session parameters make a key useless to who does not know them (RFC 4568 §6.3.7).
    /// </summary>
    public bool IsUsable
    {
        get
        {
            Span<byte> key = stackalloc byte[KeyAndSaltBytes + 2];
            return SessionParameters.Length == 0 && !KeyParameters.Contains(':', StringComparison.Ordinal) && !KeyParameters.Contains(';', StringComparison.Ordinal)
                && Convert.TryFromBase64String(KeySalt, key, out var length) && length == KeyAndSaltBytes;
        }
    }

    public SdpAttribute ToAttribute() =>
        new("crypto", $"{Tag} {Suite} inline:{KeySalt}{KeyParameters}{(SessionParameters.Length > 0 ? " " : "")}{SessionParameters}");

    public static SdpCrypto? Parse(string? value)
    {
        var fields = (value ?? "").Split(' ', 4, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 3 || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var tag))
            return null;
        var key = fields[2];
        if (!key.StartsWith("inline:", StringComparison.OrdinalIgnoreCase))
            return null;
        key = key["inline:".Length..];
        var bar = key.IndexOf('|', StringComparison.Ordinal);
        var keySalt = bar < 0 ? key : key[..bar];
        return keySalt.Length == 0 ? null : new SdpCrypto(tag, fields[1], keySalt, bar < 0 ? "" : key[bar..], fields.Length > 3 ? fields[3] : "");
    }
}
