namespace Webphone.Media.Ice;

/// <summary>What a STUN message was to an agent.</summary>
public enum IceCheck : byte
{
    /// <summary>A check with the session's password: its path is the peer's.</summary>
    Valid,

    /// <summary>Not a request, or none that says what ICE's say; ignored.</summary>
    Junk,

    /// <summary>Another session's name, or an integrity that was not made with our password.</summary>
    Forged,

    /// <summary>The peer says that it is controlled, as a lite agent always is (RFC 8445 section 7.3.1.1): answered with 487.</summary>
    RoleConflict,

    /// <summary>It has an attribute that must be understood and is not: answered with 420.</summary>
    UnknownAttribute,
}
