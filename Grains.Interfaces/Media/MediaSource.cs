namespace Webphone.Grains.Media;

/// <summary>What a media node can play to an endpoint.</summary>
public enum MediaSourceKind
{
    /// <summary>The tenant's hold music, repeated until stopped.</summary>
    HoldMusic,

    /// <summary>A call-progress tone (see <see cref="ProgressTone"/>), repeated by its cadence until stopped, or once when it is a single beep.</summary>
    Tone,

    /// <summary>A sound file of the tenant or of the installation, by name, played once.</summary>
    File,

    /// <summary>A number, digit by digit, played once.</summary>
    Number,
}

/// <summary>Tones a person hears from a telephone system.</summary>
public enum ProgressTone
{
    None,
    Ringback,
    Busy,
    Congestion,

    /// <summary>Two short rising beeps: the feature was switched on. Plays once.</summary>
    ConfirmOn,

    /// <summary>Two short falling beeps: the feature was switched off. Plays once.</summary>
    ConfirmOff,

    /// <summary>One beep. Plays once.</summary>
    Beep,

    /// <summary>Somebody came into the conference. Plays once.</summary>
    Entry,

    /// <summary>Somebody left the conference. Plays once.</summary>
    Exit,

    /// <summary>What was asked cannot be done. Plays once.</summary>
    Refused,
}

/// <summary>A sound to play. <paramref name="Name"/> is a file name for <see cref="MediaSourceKind.File"/>, the tenant for hold music, the digits of a number, else empty.</summary>
[GenerateSerializer, Immutable]
public sealed record MediaSource(MediaSourceKind Kind, string Name, ProgressTone Tone)
{
    public static MediaSource HoldMusic(string tenant) => new(MediaSourceKind.HoldMusic, tenant, ProgressTone.None);

    public static MediaSource OfNumber(string digits) => new(MediaSourceKind.Number, digits, ProgressTone.None);

    public static MediaSource OfTone(ProgressTone tone) => new(MediaSourceKind.Tone, "", tone);
}
