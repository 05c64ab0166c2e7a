using System.Text;

namespace Orleans.Runtime;

/// <summary>The text of half a grain id.</summary>
[GenerateSerializer, Immutable]
public readonly struct IdSpan(string text) : IEquatable<IdSpan>, IComparable<IdSpan>
{
    [Id(0)]
    private readonly string? _text = text;

    public static IdSpan Create(string id) => new(id);

    public bool IsDefault => string.IsNullOrEmpty(_text);
    public ReadOnlyMemory<byte> Value => Encoding.UTF8.GetBytes(ToString());

    public bool Equals(IdSpan obj) => string.Equals(_text, obj._text, StringComparison.Ordinal);
    public override bool Equals(object? obj) => obj is IdSpan other && Equals(other);
    public override int GetHashCode() => _text is null ? 0 : _text.GetHashCode(StringComparison.Ordinal);
    public int CompareTo(IdSpan other) => string.CompareOrdinal(_text, other._text);
    public override string ToString() => _text ?? "";

    public static bool operator ==(IdSpan left, IdSpan right) => left.Equals(right);
    public static bool operator !=(IdSpan left, IdSpan right) => !left.Equals(right);
    public static bool operator <(IdSpan left, IdSpan right) => left.CompareTo(right) < 0;
    public static bool operator >(IdSpan left, IdSpan right) => left.CompareTo(right) > 0;
    public static bool operator <=(IdSpan left, IdSpan right) => left.CompareTo(right) <= 0;
    public static bool operator >=(IdSpan left, IdSpan right) => left.CompareTo(right) >= 0;
}
