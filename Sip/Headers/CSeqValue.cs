using Webphone.Sip.Messages;

namespace Webphone.Sip.Headers;

/// <summary>CSeq (RFC 3261 §20.16): a number below 2^31 and the method.</summary>
public readonly ref struct CSeqValue
{
    private CSeqValue(uint number, ReadOnlySpan<byte> methodToken)
    {
        Number = number;
        MethodToken = methodToken;
    }

    public uint Number { get; }

    public SipMethod Method => SipMethods.Parse(MethodToken);

    public ReadOnlySpan<byte> MethodToken { get; }

    public static bool TryParse(ReadOnlySpan<byte> value, out CSeqValue cseq, out SipParseError error)
    {
        cseq = default;
        error = default;
        var lexer = new Lexer(value);
        lexer.SkipLws();
        if (!lexer.TryNumber(out var number) || number > int.MaxValue || !SipCharacters.IsLws(lexer.Peek))
        {
            error = lexer.Error(SipParseReason.MalformedCSeq);
            return false;
        }

        lexer.SkipLws();
        if (!lexer.TryToken(out var method))
        {
            error = lexer.Error(SipParseReason.MalformedCSeq);
            return false;
        }

        lexer.SkipLws();
        if (!lexer.AtEnd)
        {
            error = lexer.Error(SipParseReason.MalformedCSeq);
            return false;
        }

        cseq = new CSeqValue(number, method);
        return true;
    }
}
