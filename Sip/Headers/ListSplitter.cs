namespace Webphone.Sip.Headers;

/// <summary>Splits a header value at the commas that stand outside quotes and angle brackets. Empty elements are kept: they are the parser's to refuse.</summary>
internal ref struct ListSplitter(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;
    private bool _more = !value.IsEmpty;

    public ReadOnlySpan<byte> Current { get; private set; }

    public bool MoveNext()
    {
        if (!_more)
            return false;
        var comma = _rest.IndexOf((byte)',');
        if (comma >= 0)
            comma = IndexOfComma(_rest);
        if (comma < 0)
        {
            Current = SipCharacters.TrimLws(_rest);
            _more = false;
        }
        else
        {
            Current = SipCharacters.TrimLws(_rest[..comma]);
            _rest = _rest[(comma + 1)..];
        }

        return true;
    }

    private static int IndexOfComma(ReadOnlySpan<byte> text)
    {
        var position = 0;
        while (true)
        {
            var next = text[position..].IndexOfAny((byte)',', (byte)'"', (byte)'<');
            if (next < 0)
                return -1;
            position += next;
            if (text[position] == ',')
                return position;
            var end = text[position] == '"' ? SipCharacters.QuotedEnd(text, position) : text[position..].IndexOf((byte)'>') + 1 + position;
            if (end <= position)
                return -1;
            position = end;
        }
    }
}
