using System.Text;

namespace Webphone.Sip.EventPackages;

/// <summary>
/// Writes an XML document piece by piece. Text is escaped, and what XML 1.0 does not allow at all (control characters, halves of surrogate pairs) is replaced, so
/// that no name of anybody makes a document that phones cannot read.
/// </summary>
internal sealed class XmlText(int capacity = 512)
{
    private byte[] _bytes = new byte[capacity];
    private int _length;

    public int Length => _length;

    public byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();

    /// <summary>Markup of our own.</summary>
    public XmlText Raw(ReadOnlySpan<byte> markup)
    {
        Reserve(markup.Length);
        markup.CopyTo(_bytes.AsSpan(_length));
        _length += markup.Length;
        return this;
    }

    /// <summary>Text of others: content, or an attribute's value between double quotes.</summary>
    public XmlText Text(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            Write(rune);
        return this;
    }

    public XmlText Number(long value) => Raw(Encoding.ASCII.GetBytes(value.ToString()));

    private void Write(Rune rune)
    {
        switch (rune.Value)
        {
            case '&':
                Raw("&amp;"u8);
                break;
            case '<':
                Raw("&lt;"u8);
                break;
            case '>':
                Raw("&gt;"u8);
                break;
            case '"':
                Raw("&quot;"u8);
                break;
            case '\'':
                Raw("&apos;"u8);
                break;
            case < 0x20 or (>= 0x7F and <= 0x9F):
                Raw(" "u8);
                break;
            case 0xFFFE or 0xFFFF:
                Encode(Rune.ReplacementChar);
                break;
            default:
                Encode(rune);
                break;
        }
    }

    private void Encode(Rune rune)
    {
        Reserve(4);
        _length += rune.EncodeToUtf8(_bytes.AsSpan(_length));
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
    }
}
