namespace Webphone.Silo.Settings;

/// <summary>What one process of a cluster does.</summary>
[Flags]
public enum NodeRoles
{
    None = 0,

    /// <summary>Phones register with it and call through it.</summary>
    Sip = 1,

    /// <summary>It anchors the media of its legs.</summary>
    Media = 2,

    /// <summary>It is a silo: grains live in it. Without this it is a client of those who are.</summary>
    Grains = 4,

    /// <summary>It serves browsers.</summary>
    Web = 8,
    All = Sip | Media | Grains | Web,
}
