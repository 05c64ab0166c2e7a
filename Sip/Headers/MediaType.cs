using System.Text;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Headers;

/// <summary>type/subtype with parameters: Content-Type and one value of Accept (RFC 3261 §20.15).</summary>
public readonly ref struct MediaType
{
    private MediaType(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype, HeaderParameters parameters)
    {
        Type = type;
        Subtype = subtype;
        Parameters = parameters;
    }

    public ReadOnlySpan<byte> Type { get; }

    public ReadOnlySpan<byte> Subtype { get; }

    public HeaderParameters Parameters { get; }

    public bool IsSdp => Is("application"u8, "sdp"u8);

    public bool IsMultipart => Ascii.EqualsIgnoreCase(Type, "multipart"u8);

    /// <summary>The boundary of a multipart body; empty if there is none.</summary>
    public ReadOnlySpan<byte> Boundary => Parameters.TryGet("boundary"u8, out var boundary) ? boundary : default;

    public bool Is(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype) => Ascii.EqualsIgnoreCase(Type, type) && Ascii.EqualsIgnoreCase(Subtype, subtype);

    public static bool TryParse(ReadOnlySpan<byte> value, out MediaType type, out SipParseError error)
    {
        type = default;
        var lexer = new Lexer(value);
        lexer.SkipLws();
        if (!lexer.TryToken(out var name) || !lexer.TrySeparator((byte)'/') || !lexer.TryToken(out var subtype))
        {
            error = lexer.Error(SipParseReason.MalformedContentType);
            return false;
        }

        lexer.SkipLws();
        if (!HeaderParameters.TryParse(value, lexer.Position, out var parameters, out error))
            return false;
        type = new MediaType(name, subtype, parameters);
        return true;
    }
}
