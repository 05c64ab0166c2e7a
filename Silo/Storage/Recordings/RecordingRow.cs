using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Recordings;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Storage.Recordings;

/// <summary>A recording as its table has it.</summary>
internal sealed class RecordingRow
{
    public string Id { get; init; } = "";
    public string Tenant { get; init; } = "";
    public string Extension { get; init; } = "";
    public string CallKey { get; init; } = "";
    public string Direction { get; init; } = "";
    public string PeerNumber { get; init; } = "";
    public string PeerName { get; init; } = "";
    public string Node { get; init; } = "";
    public string Kind { get; init; } = "";
    public long StartedUs { get; init; }
    public long? EndedUs { get; init; }
    public long DurationUs { get; init; }
    public long Size { get; init; }
    public string Sha256 { get; init; } = "";
    public long MissingUs { get; init; }
    public long Interrupted { get; init; }

    public RecordingView ToView() => new(
        Id,
        Tenant,
        Extension,
        CallKey,
        Enum.Parse<CallDirection>(Direction),
        new Party(PeerNumber, PeerName),
        Node,
        Enum.Parse<RecordingFileKind>(Kind),
        StoredTime.FromMicroseconds(StartedUs),
        EndedUs is { } ended ? StoredTime.FromMicroseconds(ended) : null,
        TimeSpan.FromMicroseconds(DurationUs),
        Size,
        Sha256,
        TimeSpan.FromMicroseconds(MissingUs),
        Interrupted != 0);
}
