using Webphone.Sip.Headers;

namespace Webphone.Sip.Messages;

/// <summary>What is wrong with bytes from a peer: the reason, the header it is in, and the offset of the first offending byte.</summary>
public readonly record struct SipParseError(SipParseReason Reason, int Offset, HeaderName Header = HeaderName.Unknown)
{
    /// <summary>The status that answers it, or 0: drop and count.</summary>
    public int Status => Reason.Consequence().Status;

    public string Phrase => Reason.Consequence().Phrase;

    public string Section => Reason.Consequence().Section;

    public bool IsNone => Reason == SipParseReason.None;

    /// <summary>The same error, seen from the text that encloses the parsed one.</summary>
    internal SipParseError Within(HeaderName header, int start) => new(Reason, start + Offset, Header == HeaderName.Unknown ? header : Header);

    public override string ToString() =>
        Header == HeaderName.Unknown ? $"{Reason} at byte {Offset} ({Section})" : $"{Reason} in {Header} at byte {Offset} ({Section})";
}
