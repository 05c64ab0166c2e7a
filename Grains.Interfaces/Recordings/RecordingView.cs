using Webphone.Grains.Calls;
using Webphone.Grains.History;

namespace Webphone.Grains.Recordings;

/// <summary>A recording as it is listed.</summary>
/// <param name="Extension">Whose it is.</param>
/// <param name="CallKey">Of the entry in their history that it belongs to.</param>
/// <param name="Node">The node that has the file.</param>
/// <param name="EndedAt">Null while it goes on.</param>
/// <param name="Duration">What can be played of it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of the file, in lower-case hexadecimal digits; empty while it goes on.</param>
/// <param name="Missing">What is missing of it, because the disk was too slow or full; silence stands there.</param>
/// <param name="Interrupted">Its node died in the middle of it.</param>
[GenerateSerializer, Immutable]
public sealed record RecordingView(
    string Id,
    string Tenant,
    string Extension,
    string CallKey,
    CallDirection Direction,
    Party Peer,
    string Node,
    RecordingFileKind Kind,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    TimeSpan Duration,
    long Size,
    string Sha256,
    TimeSpan Missing,
    bool Interrupted)
{
    public RecordingFile File => new(Tenant, Id, Kind, StartedAt);
}

/// <summary>What was done with a recording.</summary>
public enum RecordingUse
{
    Listen,
    Download,
    Delete,

    /// <summary>Its time was over.</summary>
    Expire,
}

/// <summary>Somebody used a recording.</summary>
/// <param name="By">Their extension; empty for the organisation's retention.</param>
/// <param name="Owner">Whose recording it is or was.</param>
/// <param name="Address">Where they were.</param>
[GenerateSerializer, Immutable]
public sealed record RecordingAccess(string RecordingId, string Owner, string By, RecordingUse Use, DateTimeOffset At, string Address);
