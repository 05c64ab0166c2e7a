using System.Collections.Immutable;
using Webphone.Grains.History;

namespace Webphone.Grains.Calls;

/// <summary>
/// Where calls are written down at start, answer and end, so that whatever dies, the call's history entries exist and are closed,
/// and a call grain that was lost can come back. Appending never waits: records go out in batches (at most 100 ms later), a newer
/// record of the same call replaces one that was not written yet, and order within a call is kept. When the store is gone, records
/// wait in memory up to a bound.
/// </summary>
public interface ICallJournal
{
    /// <summary>
    /// Replaces what is known of the call, unless that is of a later <see cref="CallState.Epoch"/>. An ended call leaves the journal; its history
    /// entries stay, as they were written first.
    /// </summary>
    void Append(CallRecord record);

    /// <summary>The last record of a call that has not ended, or null; sees records that this process has not written yet. Throws when nothing is known here and the store is away.</summary>
    ValueTask<CallRecord?> Read(string callKey);

    /// <summary>
    /// The call goes on, and its grain leaves this process: what is remembered of it here is dropped once the store has it, so that the next
    /// activation finds it there, wherever that is. Completes then, or when <paramref name="giveUp"/> says so.
    /// </summary>
    Task Leave(string callKey, CancellationToken giveUp);

    /// <summary>Calls in the store that no living process has in hand, because theirs died: at most <paramref name="count"/>.</summary>
    Task<ImmutableArray<string>> Orphans(int count);

    /// <summary>Calls in the store that this node has in hand by what is written there: at most <paramref name="count"/>.</summary>
    Task<ImmutableArray<string>> OfNode(string node, int count);

    /// <summary>Calls of a tenant that this process has in hand and that have not ended, newest first.</summary>
    ImmutableArray<CallRecord> Live(string tenant, int count);

    /// <summary>The same of all processes: those of others as the store has them. Where that is away, this process' own.</summary>
    Task<ImmutableArray<CallRecord>> ListLive(string tenant, int count) => Task.FromResult(Live(tenant, count));
}

/// <summary>One call as journalled.</summary>
/// <param name="State">The state of the machine, kept as JSON with <paramref name="SchemaVersion"/>.</param>
/// <param name="History">The call's entry for each of its users: upserted by call and extension.</param>
/// <param name="Ended">The call is over: nothing of it stays but its history.</param>
public sealed record CallRecord(string CallKey, string Tenant, int SchemaVersion, CallState State, ImmutableArray<HistoryEntry> History, bool Ended);
