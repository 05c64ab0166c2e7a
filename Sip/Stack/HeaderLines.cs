using System.Text;

namespace Webphone.Sip.Stack;

/// <summary>
/// Makes the header lines of a <see cref="SipPayload"/>. A line break in a value, by which a peer's text could smuggle in a header, becomes a space.
/// </summary>
public sealed class HeaderLines
{
    private byte[] _bytes = new byte[128];
    private int _length;

    /// <summary>The lines so far. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Forgets all lines and keeps the room.</summary>
    public HeaderLines Clear()
    {
        _length = 0;
        return this;
    }

    public HeaderLines Add(string name, string value)
    {
        Text(name);
        Raw(": "u8);
        Text(value);
        Raw("\r\n"u8);
        return this;
    }

    public HeaderLines Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Clean(name);
        Raw(": "u8);
        Clean(value);
        Raw("\r\n"u8);
        return this;
    }

    private void Text(string text)
    {
        var start = _length;
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
        Blank(_bytes.AsSpan(start, _length - start));
    }

    private void Clean(ReadOnlySpan<byte> text)
    {
        var start = _length;
        Raw(text);
        Blank(_bytes.AsSpan(start, text.Length));
    }

    private static void Blank(Span<byte> text)
    {
        text.Replace((byte)'\r', (byte)' ');
        text.Replace((byte)'\n', (byte)' ');
        text.Replace((byte)0, (byte)' ');
    }

    private void Raw(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_bytes.AsSpan(_length));
        _length += text.Length;
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
    }
}
