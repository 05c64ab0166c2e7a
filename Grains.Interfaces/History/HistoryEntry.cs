using Webphone.Grains.Calls;

namespace Webphone.Grains.History;

/// <summary>The user's side of a call.</summary>
public enum CallDirection
{
    Inbound,
    Outbound,
}

/// <summary>What a user sees of one call of theirs, once for each call, whatever happened to it on the way.</summary>
/// <param name="Extension">Whose entry it is.</param>
/// <param name="Peer">The other party: last one spoken to, else the one called or calling.</param>
/// <param name="Line">Inbound: the number the call came in on. Outbound: the caller ID shown.</param>
/// <param name="AnsweredAt">Null when it was not answered: inbound that is a missed call (not when answered elsewhere by the same user).</param>
/// <param name="EndedAt">Null while the call is on.</param>
[GenerateSerializer, Immutable]
public sealed record HistoryEntry(
    string CallKey,
    string Extension,
    CallDirection Direction,
    Party Peer,
    string Line,
    DateTimeOffset StartedAt,
    DateTimeOffset? AnsweredAt,
    DateTimeOffset? EndedAt,
    CallEnd End)
{
    /// <summary>Time spoken: from the answer to the end; zero when it was not answered or still runs.</summary>
    public TimeSpan Duration => AnsweredAt is { } answered && EndedAt is { } ended && ended > answered ? ended - answered : TimeSpan.Zero;
}
