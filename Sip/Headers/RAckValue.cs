using Webphone.Sip.Messages;

namespace Webphone.Sip.Headers;

/// <summary>RAck (<a href="https://www.rfc-editor.org/rfc/rfc3262#section-7.2">RFC 3262 §7.2</a>): the RSeq and CSeq of the provisional response that a PRACK confirms.</summary>
public readonly ref struct RAckValue
{
    private RAckValue(uint responseNumber, CSeqValue cseq)
    {
        ResponseNumber = responseNumber;
        CSeq = cseq;
    }

    public uint ResponseNumber { get; }

    public CSeqValue CSeq { get; }

    public static bool TryParse(ReadOnlySpan<byte> value, out RAckValue rack, out SipParseError error)
    {
        rack = default;
        var lexer = new Lexer(value);
        lexer.SkipLws();
        if (!lexer.TryNumber(out var number) || !SipCharacters.IsLws(lexer.Peek))
        {
            error = lexer.Error(SipParseReason.MalformedNumber);
            return false;
        }

        if (!CSeqValue.TryParse(lexer.Rest, out var cseq, out error))
        {
            error = error.Within(HeaderName.RAck, lexer.Position);
            return false;
        }

        rack = new RAckValue(number, cseq);
        return true;
    }
}
