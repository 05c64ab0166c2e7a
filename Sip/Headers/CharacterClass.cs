namespace Webphone.Sip.Headers;

/// <summary>Which runs of the grammar a byte may stand in (RFC 3261 §25.1); a byte is in several.</summary>
[Flags]
internal enum CharacterClass : byte
{
    None = 0,
    Token = 1,
    Word = 2,

    /// <summary>An unquoted parameter value of a header.</summary>
    ParameterValue = 4,

    /// <summary>A name or an IPv4 address; what is in brackets is looked at by itself.</summary>
    Host = 8,
    Digit = 16,

    /// <summary>The user part of a URI, but for its escapes.</summary>
    UriUser = 32,

    /// <summary>The name or the value of a URI's parameter, but for their escapes.</summary>
    UriParameter = 64,
}
