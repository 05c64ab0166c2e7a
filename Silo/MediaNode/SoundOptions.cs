using Webphone.Media.Tones;

namespace Webphone.Silo.MediaNode;

/// <summary>Where sounds come from.</summary>
public sealed record SoundOptions
{
    /// <summary>Whose call-progress tones are played. Default Europe.</summary>
    public ToneRegion Region { get; init; }

    /// <summary>
    /// The WAV file of a tenant's hold music, by the tenant's key; null for the generated loop. Asked each time that music begins,
    /// from any thread, so that it follows what is configured. Default: the generated loop for all.
    /// </summary>
    public Func<string, string?> HoldMusic { get; init; } = _ => null;

    /// <summary>The WAV file that says that a call is recorded, by the tenant's key; null for a row of notes. Default: that for all.</summary>
    public Func<string, string?> Announcement { get; init; } = _ => null;

    /// <summary>The folder of announcement files; null for none.</summary>
    public string? Folder { get; init; }
}
