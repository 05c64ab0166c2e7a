namespace Webphone.Sip.Sdp;

/// <summary>Why a description was not taken. All lead to 400 or 488.</summary>
public enum SdpErrorReason : byte
{
    None,
    TooLarge,
    TooManyLines,
    TooManyMedia,
    NotText,
    MalformedLine,
    UnsupportedVersion,
    MalformedOrigin,
    MalformedConnection,
    MalformedMedia,
    MissingOrigin,
}

/// <summary>The reason and the number of the line, from 1.</summary>
public readonly record struct SdpError(SdpErrorReason Reason, int Line);
