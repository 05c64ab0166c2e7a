namespace Orleans.Runtime;

/// <summary>The first half of a <see cref="GrainId"/>: which class of grain.</summary>
[GenerateSerializer, Immutable]
public readonly struct GrainType(IdSpan id) : IEquatable<GrainType>, IComparable<GrainType>
{
    [Id(0)]
    private readonly IdSpan _value = id;

    public static GrainType Create(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        return new GrainType(IdSpan.Create(value));
    }

    public IdSpan Value => _value;
    public bool IsDefault => _value.IsDefault;

    public bool Equals(GrainType obj) => _value.Equals(obj._value);
    public override bool Equals(object? obj) => obj is GrainType other && Equals(other);
    public override int GetHashCode() => _value.GetHashCode();
    public int CompareTo(GrainType other) => _value.CompareTo(other._value);
    public override string ToString() => _value.ToString();

    public static bool operator ==(GrainType left, GrainType right) => left.Equals(right);
    public static bool operator !=(GrainType left, GrainType right) => !left.Equals(right);
    public static bool operator <(GrainType left, GrainType right) => left.CompareTo(right) < 0;
    public static bool operator >(GrainType left, GrainType right) => left.CompareTo(right) > 0;
    public static bool operator <=(GrainType left, GrainType right) => left.CompareTo(right) <= 0;
    public static bool operator >=(GrainType left, GrainType right) => left.CompareTo(right) >= 0;
}
