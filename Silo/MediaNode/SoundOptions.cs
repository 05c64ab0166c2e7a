using Webphone.Media.Tones;

namespace Webphone.Silo.MediaNode;

/// <summary>Where sounds come from.</summary>
public sealed record SoundOptions
{
    /// <summary>Whose call-progress tones are played. Default Europe.</summary>
    public ToneRegion Region { get; init; }

    /// <summary>A WAV file for a tenant's hold music, by the tenant's key. Default: a generated loop for all.</summary>
    public IReadOnlyDictionary<string, string> HoldMusic { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder of announcement files; null for none.</summary>
    public string? Folder { get; init; }
}
