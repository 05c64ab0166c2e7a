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
        var start = SipCharacters.LwsEnd(value, 0);
        var numberEnd = SipCharacters.RunEnd(value, start, CharacterClass.Digit);
        var methodStart = SipCharacters.LwsEnd(value, numberEnd);
        var methodEnd = SipCharacters.RunEnd(value, methodStart, CharacterClass.Token);
        var end = SipCharacters.LwsEnd(value, methodEnd);
        if (Numbers.TryParse(value[start..numberEnd], out var number) && number <= int.MaxValue && methodStart > numberEnd && methodEnd > methodStart && end == value.Length)
        {
            cseq = new CSeqValue(number, value[methodStart..methodEnd]);
            return true;
        }

        error = new SipParseError(SipParseReason.MalformedCSeq, 0);
        return false;
    }
}
