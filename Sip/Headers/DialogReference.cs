using Webphone.Sip.Messages;

namespace Webphone.Sip.Headers;

/// <summary>
/// A Call-ID with two tags: Replaces (<a href="https://www.rfc-editor.org/rfc/rfc3891#section-6.1">RFC 3891 §6.1</a>), Join (RFC 3911 §7.1)
/// and Target-Dialog (RFC 4538 §7, whose tags are named local-tag and remote-tag).
/// </summary>
public readonly ref struct DialogReference
{
    private DialogReference(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> toTag, ReadOnlySpan<byte> fromTag, bool earlyOnly)
    {
        CallId = callId;
        ToTag = toTag;
        FromTag = fromTag;
        EarlyOnly = earlyOnly;
    }

    public ReadOnlySpan<byte> CallId { get; }

    /// <summary>The tag of the one who receives the reference: its local tag.</summary>
    public ReadOnlySpan<byte> ToTag { get; }

    public ReadOnlySpan<byte> FromTag { get; }

    /// <summary>Only a dialog that is not yet confirmed may be replaced.</summary>
    public bool EarlyOnly { get; }

    public static bool TryParse(ReadOnlySpan<byte> value, out DialogReference reference, out SipParseError error)
    {
        reference = default;
        var lexer = new Lexer(value);
        lexer.SkipLws();
        var rest = lexer.Rest;
        var semicolon = rest.IndexOf((byte)';');
        if (semicolon <= 0)
        {
            error = lexer.Error(SipParseReason.MalformedValue);
            return false;
        }

        var callId = SipCharacters.TrimLws(rest[..semicolon]);
        lexer.Advance(semicolon);
        if (!HeaderParameters.TryParse(value, lexer.Position, out var parameters, out error))
            return false;
        var to = Tag(parameters, "to-tag"u8, "remote-tag"u8);
        var from = Tag(parameters, "from-tag"u8, "local-tag"u8);
        if (callId.IsEmpty || to.IsEmpty || from.IsEmpty)
        {
            error = new SipParseError(SipParseReason.MalformedValue, 0);
            return false;
        }

        reference = new DialogReference(callId, to, from, parameters.Has("early-only"u8));
        return true;
    }

    private static ReadOnlySpan<byte> Tag(HeaderParameters parameters, ReadOnlySpan<byte> name, ReadOnlySpan<byte> otherName) =>
        parameters.TryGet(name, out var tag) || parameters.TryGet(otherName, out tag) ? tag : default;
}
