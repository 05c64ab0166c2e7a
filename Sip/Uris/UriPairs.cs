namespace Webphone.Sip.Uris;

/// <summary>Walks name=value pairs that a byte separates; an empty pair is kept, for the parser to refuse.</summary>
public ref struct UriPairs
{
    private readonly byte _separator;
    private ReadOnlySpan<byte> _rest;
    private bool _more;
    private UriPair _current;

    internal UriPairs(ReadOnlySpan<byte> text, byte separator)
    {
        _rest = text;
        _separator = separator;
        _more = !text.IsEmpty;
    }

    public readonly UriPair Current => _current;

    public bool MoveNext()
    {
        if (!_more)
            return false;
        var end = _rest.IndexOf(_separator);
        var pair = end < 0 ? _rest : _rest[..end];
        _more = end >= 0;
        _rest = end < 0 ? default : _rest[(end + 1)..];
        var equals = pair.IndexOf((byte)'=');
        _current = equals < 0 ? new UriPair(pair, default, false) : new UriPair(pair[..equals], pair[(equals + 1)..], true);
        return true;
    }
}
