namespace Webphone.Sip.Authentication;

/// <summary>The algorithms of RFC 8760 §2.1, from weakest to strongest. The -sess variants and auth-int are not spoken.</summary>
public enum DigestAlgorithm : byte
{
    Unknown,

    /// <summary>What RFC 2617 phones know; also meant where no algorithm is named.</summary>
    Md5,
    Sha512Half,
    Sha256,
}
