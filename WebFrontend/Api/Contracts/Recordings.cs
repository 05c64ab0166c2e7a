using System.Collections.Immutable;
using Webphone.Grains.History;
using Webphone.Grains.Recordings;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Api.Contracts;

/// <summary>Newest first; to page back, ask for what is before the last one's start.</summary>
public sealed record RecordingPage(ImmutableArray<RecordingItem> Recordings, bool More);

/// <param name="Extension">Whose it is.</param>
/// <param name="EndedAt">Null while it goes on: it can be heard when it has ended.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of the file, in hexadecimal; empty while it goes on.</param>
/// <param name="MissingSeconds">How much of it the disk did not take; silence stands there.</param>
/// <param name="Interrupted">The server died in the middle of it.</param>
public sealed record RecordingItem(
    string Id,
    string Extension,
    string CallKey,
    CallDirection Direction,
    Peer Peer,
    RecordingFileKind Kind,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    double DurationSeconds,
    long Size,
    string Sha256,
    double MissingSeconds,
    bool Interrupted);

/// <summary>How loud a recording is along its length, 0 to 255: its owner on the left, whom they talked to on the right.</summary>
public sealed record RecordingWave(double DurationSeconds, ImmutableArray<int> Left, ImmutableArray<int> Right);

/// <summary>Newest first; to page back, ask for what is before the last one's time.</summary>
public sealed record RecordingAccessPage(ImmutableArray<RecordingAccessItem> Entries, bool More);

/// <param name="Owner">Whose recording it is or was.</param>
/// <param name="By">Who used it; null when its time was over.</param>
/// <param name="Address">Where they were.</param>
public sealed record RecordingAccessItem(string RecordingId, string Owner, string? By, RecordingUse Use, DateTimeOffset At, string Address);
