namespace Webphone.Grains.Media;

/// <summary>An audio codec by its registered name (RFC 3551, RFC 7587), for example PCMU/8000/1 or opus/48000/2. Names compare without case.</summary>
[GenerateSerializer, Immutable]
public readonly record struct MediaCodec(string Name, int ClockRate, int Channels = 1)
{
    public bool Equals(MediaCodec other) =>
        ClockRate == other.ClockRate && Channels == other.Channels && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(Name ?? ""), ClockRate, Channels);

    public override string ToString() => $"{Name}/{ClockRate}";
}
