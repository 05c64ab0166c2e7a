using Webphone.Grains.Calls;
using Webphone.Grains.History;

namespace Webphone.Grains.Recordings;

/// <summary>How a recording is kept.</summary>
public enum RecordingFileKind
{
    /// <summary>16-bit stereo PCM.</summary>
    Wav,

    /// <summary>Opus in Ogg; WAV on a node without libopus.</summary>
    Opus,
}

/// <summary>What is heard before anything is recorded.</summary>
public enum RecordingNotice
{
    None,
    Beep,

    /// <summary>The organisation's announcement, or a row of notes where it has none.</summary>
    Announcement,
}

/// <summary>What a node needs to know to make a recording.</summary>
/// <param name="Id">32 random hexadecimal digits: a repeated order makes no second recording.</param>
/// <param name="Extension">Whose recording it is.</param>
/// <param name="CallKey">Of the entry in their history that it belongs to.</param>
/// <param name="Direction">Theirs.</param>
/// <param name="Peer">Whom they talk to as it begins.</param>
[GenerateSerializer, Immutable]
public sealed record RecordingOrder(
    string Id, string Tenant, string Extension, string CallKey, CallDirection Direction, Party Peer, RecordingFileKind Kind, RecordingNotice Notice);
