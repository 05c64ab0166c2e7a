namespace Webphone.Sip.Uris;

/// <summary>The URI schemes that can be called; others are kept as they stand.</summary>
public enum UriScheme : byte
{
    Unknown,
    Sip,
    Sips,
    Tel,
}
