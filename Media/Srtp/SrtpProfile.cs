namespace Webphone.Media.Srtp;

/// <summary>The protection profiles: RFC 3711 with RFC 4568's names, and RFC 7714.</summary>
public enum SrtpProfile : byte
{
    AesCm128HmacSha1Tag80,
    AesCm128HmacSha1Tag32,
    AeadAes128Gcm,
    AeadAes256Gcm,
}

public static class SrtpProfiles
{
    /// <summary>Bytes of the longest master key.</summary>
    public const int MaxKeySize = 32;

    /// <summary>Most bytes that protection adds to an RTP or RTCP packet.</summary>
    public const int MaxOverhead = 20;

    /// <summary>Whether it is one of RFC 7714.</summary>
    public static bool IsAead(this SrtpProfile profile) => profile is SrtpProfile.AeadAes128Gcm or SrtpProfile.AeadAes256Gcm;

    /// <summary>Bytes of master key.</summary>
    public static int KeySize(this SrtpProfile profile) => profile == SrtpProfile.AeadAes256Gcm ? 32 : 16;

    /// <summary>Bytes of master salt.</summary>
    public static int SaltSize(this SrtpProfile profile) => profile.IsAead() ? 12 : 14;

    /// <summary>Bytes of authentication tag on RTP.</summary>
    public static int TagSize(this SrtpProfile profile) => profile switch
    {
        SrtpProfile.AesCm128HmacSha1Tag32 => 4,
        SrtpProfile.AesCm128HmacSha1Tag80 => 10,
        _ => 16,
    };

    /// <summary>Bytes of authentication tag on RTCP, which the 32-bit profile does not shorten (RFC 3711 section 5.2).</summary>
    public static int RtcpTagSize(this SrtpProfile profile) => profile.IsAead() ? 16 : 10;

    /// <summary>The crypto-suite name of a=crypto.</summary>
    public static string SuiteName(this SrtpProfile profile) => profile switch
    {
        SrtpProfile.AesCm128HmacSha1Tag32 => "AES_CM_128_HMAC_SHA1_32",
        SrtpProfile.AesCm128HmacSha1Tag80 => "AES_CM_128_HMAC_SHA1_80",
        SrtpProfile.AeadAes256Gcm => "AEAD_AES_256_GCM",
        _ => "AEAD_AES_128_GCM",
    };

    public static bool TryFromSuiteName(ReadOnlySpan<char> name, out SrtpProfile profile)
    {
        for (profile = SrtpProfile.AesCm128HmacSha1Tag80; profile <= SrtpProfile.AeadAes256Gcm; profile++)
        {
            if (name.Equals(profile.SuiteName(), StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
