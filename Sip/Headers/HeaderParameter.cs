using System.Text;

namespace Webphone.Sip.Headers;

/// <summary>One <c>;name=value</c>. The value of a quoted string is without its quotes and still escaped.</summary>
public readonly ref struct HeaderParameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue, bool isQuoted)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Value { get; } = value;

    public bool HasValue { get; } = hasValue;

    public bool IsQuoted { get; } = isQuoted;

    public bool Is(ReadOnlySpan<byte> name) => Name.SequenceEqual(name) || Ascii.EqualsIgnoreCase(Name, name);

    /// <summary>The value with its escapes resolved.</summary>
    public string Text => QuotedText.Decode(Value, IsQuoted);
}
