using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Api.Contracts;

public sealed record DirectoryPage(ImmutableArray<DirectoryPerson> Entries, bool More);

public sealed record DirectoryPerson(string Extension, string Name);

/// <summary>Newest first; to page back, ask for what is before the last entry's start.</summary>
public sealed record HistoryPage(ImmutableArray<HistoryItem> Entries, bool More);

/// <param name="DurationSeconds">Time spoken.</param>
/// <param name="Missed">Came in and was answered nowhere.</param>
/// <param name="Recordings">The user's own of this call, oldest first.</param>
public sealed record HistoryItem(
    string CallKey,
    CallDirection Direction,
    Peer Peer,
    string Line,
    DateTimeOffset StartedAt,
    DateTimeOffset? AnsweredAt,
    DateTimeOffset? EndedAt,
    double DurationSeconds,
    CallEnd End,
    bool Missed,
    ImmutableArray<RecordingItem> Recordings);

/// <param name="PublicKey">The application server key for PushManager.subscribe, base64url; null when push is not offered.</param>
public sealed record PushKey(string? PublicKey);

/// <summary>What PushSubscription.toJSON() gives, flattened.</summary>
/// <param name="Session">The browser session that it is, which is not woken while it is here.</param>
public sealed record PushSubscriptionRequest(string Endpoint, string P256dh, string Auth, string? Session);
