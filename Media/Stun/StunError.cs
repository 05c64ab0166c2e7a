namespace Webphone.Media.Stun;

/// <summary>Why a datagram is no STUN message that we take.</summary>
public enum StunError : byte
{
    None,

    /// <summary>Shorter than a header or than its own length field says.</summary>
    CutShort,

    /// <summary>Longer than its length field says, or than <see cref="StunMessage.MaxSize"/>.</summary>
    TooLong,

    /// <summary>The first two bits or the magic cookie are not STUN's.</summary>
    NotStun,

    /// <summary>An attribute reaches over the end of the message, or has a length that its type does not have.</summary>
    BadAttribute,

    /// <summary>More than <see cref="StunMessage.MaxAttributes"/>.</summary>
    TooManyAttributes,

    /// <summary>The FINGERPRINT is wrong, or something follows it.</summary>
    BadFingerprint,
}
