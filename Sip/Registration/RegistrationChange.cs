namespace Webphone.Sip.Registration;

/// <summary>What a REGISTER did, so that a registrar saves on change and not on refresh.</summary>
[Flags]
public enum RegistrationChange : byte
{
    /// <summary>Nothing: it only asked.</summary>
    None = 0,
    /// <summary>Expiry and CSeq moved on; all else is as it was.</summary>
    Refreshed = 1,
    Added = 2,
    Removed = 4,
    /// <summary>A binding has another URI, flow, path or preference.</summary>
    Altered = 8,
}
