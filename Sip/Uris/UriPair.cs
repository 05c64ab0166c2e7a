namespace Webphone.Sip.Uris;

/// <summary>A parameter or header of a URI, still escaped.</summary>
public readonly ref struct UriPair(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Value { get; } = value;

    public bool HasValue { get; } = hasValue;
}
