namespace Webphone.Sip.Headers;

/// <summary>
/// The values of one header, over all its lines and, where the header is a list, split at its commas. Walks without allocation;
/// each value is trimmed and may hold folds, which the typed parsers take as white space.
/// </summary>
public readonly ref struct HeaderValues
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly ReadOnlySpan<HeaderLine> _lines;
    private readonly HeaderName _name;
    private readonly ReadOnlySpan<byte> _unknownName;

    internal HeaderValues(ReadOnlySpan<byte> message, ReadOnlySpan<HeaderLine> lines, HeaderName name, ReadOnlySpan<byte> unknownName)
    {
        _message = message;
        _lines = lines;
        _name = name;
        _unknownName = unknownName;
    }

    public Enumerator GetEnumerator() => new(_message, _lines, _name, _unknownName);

    public bool IsEmpty => !GetEnumerator().MoveNext();

    /// <summary>The first value, or empty if there is none.</summary>
    public ReadOnlySpan<byte> First
    {
        get
        {
            var values = GetEnumerator();
            return values.MoveNext() ? values.Current : default;
        }
    }

    public int Count()
    {
        var count = 0;
        foreach (var value in this)
            count++;
        return count;
    }

    /// <summary>Walks the values.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _message;
        private readonly ReadOnlySpan<HeaderLine> _lines;
        private readonly HeaderName _name;
        private readonly ReadOnlySpan<byte> _unknownName;
        private ListSplitter _splitter;
        private int _line;

        internal Enumerator(ReadOnlySpan<byte> message, ReadOnlySpan<HeaderLine> lines, HeaderName name, ReadOnlySpan<byte> unknownName)
        {
            _message = message;
            _lines = lines;
            _name = name;
            _unknownName = unknownName;
        }

        public ReadOnlySpan<byte> Current { get; private set; }

        public bool MoveNext()
        {
            if (_splitter.MoveNext())
            {
                Current = _splitter.Current;
                return true;
            }

            while (_line < _lines.Length)
            {
                ref readonly var line = ref _lines[_line++];
                if (line.Name != _name || !SpelledAsAsked(line))
                    continue;
                var value = _message.Slice(line.ValueStart, line.ValueLength);
                if (!_name.IsList())
                {
                    Current = value;
                    return true;
                }

                _splitter = new ListSplitter(value);
                if (_splitter.MoveNext())
                {
                    Current = _splitter.Current;
                    return true;
                }
            }

            return false;
        }

        private readonly bool SpelledAsAsked(in HeaderLine line) =>
            _name != HeaderName.Unknown || System.Text.Ascii.EqualsIgnoreCase(_message.Slice(line.NameStart, line.NameLength), _unknownName);
    }
}
