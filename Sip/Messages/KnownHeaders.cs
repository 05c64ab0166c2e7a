using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Webphone.Sip.Headers;

namespace Webphone.Sip.Messages;

/// <summary>
/// Checks the headers that every layer relies on while the message is parsed, and notes where their parts stand. What is large stays out of
/// <see cref="Check"/>, which every line goes through.
/// </summary>
internal static class KnownHeaders
{
    /// <param name="start">Where the value starts in the message.</param>
    public static bool Check(
        SipMessage message, HeaderName name, ReadOnlySpan<byte> value, int start, ref bool hasVia, ref uint? contentLength, out SipParseError error)
    {
        error = default;
        var good = name switch
        {
            HeaderName.Via => Vias(message, value, start, ref hasVia, out error),
            HeaderName.From => FromOrTo(message, value, start, isFrom: true, out error),
            HeaderName.To => FromOrTo(message, value, start, isFrom: false, out error),
            HeaderName.CallId => CallId(message, value, start, out error),
            HeaderName.CSeq => CSeq(message, value, start, out error),
            HeaderName.MaxForwards => MaxForwards(message, value, out error),
            HeaderName.Expires => Expires(message, value, out error),
            HeaderName.ContentLength => ContentLength(value, out contentLength, out error),
            HeaderName.Contact => Addresses(value, areContacts: true, out error),
            HeaderName.Route or HeaderName.RecordRoute or HeaderName.Path or HeaderName.ServiceRoute => Addresses(value, areContacts: false, out error),
            HeaderName.ReplyTo or HeaderName.ReferTo or HeaderName.ReferredBy => OneAddress(value, out error),
            HeaderName.ContentType => ContentType(value, out error),
            _ => true,
        };
        if (!good)
            error = error.Within(name, start);
        return good;
    }

    /// <summary>Where a piece of a value stands in the message, from where the value does.</summary>
    private static TextRange Locate(ReadOnlySpan<byte> piece, ReadOnlySpan<byte> value, int start)
    {
        if (piece.IsEmpty)
            return default;
        var offset = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(value), ref MemoryMarshal.GetReference(piece));
        return new TextRange((ushort)(start + offset), (ushort)piece.Length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Vias(SipMessage message, ReadOnlySpan<byte> value, int start, ref bool hasVia, out SipParseError error)
    {
        error = default;
        var count = 0;
        var values = new ListSplitter(value);
        while (values.MoveNext())
        {
            if (++count > SipLimits.ValuesPerLine)
            {
                error = new SipParseError(SipParseReason.TooManyValues, 0);
                return false;
            }

            var good = Via.TryParse(values.Current, out var via, out error);
            if (!hasVia && !via.Host.IsEmpty)
            {
                hasVia = true;
                message.ViaTransport = via.Transport;
                message.ViaHostRange = Locate(via.Host, value, start);
                message.ViaPort = via.Port;
                message.BranchRange = Locate(via.Branch, value, start);
                message.ViaHasRport = via.HasRport;
                message.ViaHasReceived = via.HasReceived;
            }

            if (!good)
                return false;
        }

        if (count > 0)
            return true;
        error = new SipParseError(SipParseReason.MalformedVia, 0);
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool FromOrTo(SipMessage message, ReadOnlySpan<byte> value, int start, bool isFrom, out SipParseError error)
    {
        if (!NameAddr.TryParse(value, out _, out var noted, out error))
            return false;
        if (noted.HasEmptyTag || noted.HasTwoTags)
        {
            error = new SipParseError(noted.HasEmptyTag ? SipParseReason.MalformedParameter : SipParseReason.DuplicateParameter, 0);
            return false;
        }

        var tag = Locate(noted.Tag, value, start);
        if (isFrom)
            message.FromTagRange = tag;
        else
            message.ToTagRange = tag;
        return true;
    }

    private static bool CallId(SipMessage message, ReadOnlySpan<byte> value, int start, out SipParseError error)
    {
        error = default;
        var end = SipCharacters.RunEnd(value, 0, CharacterClass.Word);
        if (end > 0 && SipCharacters.At(value, end) == '@')
        {
            var at = end;
            end = SipCharacters.RunEnd(value, at + 1, CharacterClass.Word);
            if (end == at + 1)
                end = 0;
        }

        if (end == 0 || end < value.Length)
        {
            error = new SipParseError(SipParseReason.MalformedCallId, 0);
            return false;
        }

        message.CallIdRange = new TextRange((ushort)start, (ushort)value.Length);
        return true;
    }

    private static bool CSeq(SipMessage message, ReadOnlySpan<byte> value, int start, out SipParseError error)
    {
        if (!CSeqValue.TryParse(value, out var cseq, out error))
            return false;
        message.CSeqNumber = cseq.Number;
        message.CSeqMethod = cseq.Method;
        message.CSeqMethodRange = Locate(cseq.MethodToken, value, start);
        return true;
    }

    private static bool MaxForwards(SipMessage message, ReadOnlySpan<byte> value, out SipParseError error)
    {
        error = default;
        if (!Numbers.TryParse(value, out var hops) || hops > 255)
        {
            error = new SipParseError(SipParseReason.MalformedNumber, 0);
            return false;
        }

        message.MaxForwards = (int)hops;
        return true;
    }

    /// <summary>A malformed Expires counts as not given, as RFC 3261 §10.2.1.1 asks of registrars; too large a one as the largest.</summary>
    private static bool Expires(SipMessage message, ReadOnlySpan<byte> value, out SipParseError error)
    {
        error = default;
        message.Expires = Numbers.TryParseClamped(value, out var seconds) ? seconds : null;
        return true;
    }

    private static bool ContentLength(ReadOnlySpan<byte> value, out uint? contentLength, out SipParseError error)
    {
        error = default;
        var good = Numbers.TryParse(value, out var length);
        contentLength = good ? length : null;
        if (!good)
            error = new SipParseError(SipParseReason.MalformedContentLength, 0);
        return good;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ContentType(ReadOnlySpan<byte> value, out SipParseError error) => MediaType.TryParse(value, out _, out error);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool OneAddress(ReadOnlySpan<byte> value, out SipParseError error) => NameAddr.TryParse(value, out _, out error);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Addresses(ReadOnlySpan<byte> value, bool areContacts, out SipParseError error)
    {
        error = default;
        var count = 0;
        var values = new ListSplitter(value);
        while (values.MoveNext())
        {
            var good = areContacts ? ContactValue.TryParse(values.Current, out _, out error) : NameAddr.TryParse(values.Current, out _, out error);
            if (!good)
                return false;
            if (++count <= SipLimits.ValuesPerLine)
                continue;
            error = new SipParseError(SipParseReason.TooManyValues, 0);
            return false;
        }

        return true;
    }
}
