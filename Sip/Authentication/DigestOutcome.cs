namespace Webphone.Sip.Authentication;

/// <summary>How a check of credentials ended.</summary>
public enum DigestOutcome : byte
{
    /// <summary>Wrong password, unknown user, forged nonce, foreign realm, other algorithm or qop: challenge again, all the same way.</summary>
    Refused,

    Accepted,

    /// <summary>The password is right, the nonce is too old or was used before: challenge with stale=true.</summary>
    Stale,

    /// <summary>The credentials are for another Request-URI (RFC 3261 §22.4): refuse with 403 or challenge again.</summary>
    OtherUri,
}
