using System.Collections.Immutable;
using Webphone.Grains.History;

namespace Webphone.Grains.Calls;

/// <summary>
/// What each user of a call will find in their history: one entry, whatever happened on the way. Who comes from another call brings the
/// entry that was begun there; who goes to another takes it along. A party outside carries theirs too, which nobody is ever given.
/// </summary>
public static class CallHistory
{
    public static ImmutableArray<HistoryEntry> EntriesOf(CallState state)
    {
        var entries = ImmutableArray.CreateBuilder<HistoryEntry>();
        if (state.CallerLeg.Stage != LegStage.Moved && state.Invitation is null && !Outsider.Is(state.CallerExtension)) entries.Add(CallerEntry(state));
        if (HasCallee(state)) entries.Add(CalleeEntry(state));
        if (state.Transfer is { Line: { } line } && !entries.Any(other => IsSame(other, line))) entries.Add(Close(line, state.EndedAt, state.End));
        // Who left on one side and is in the call on the other has not left.
        foreach (var left in state.Left)
        {
            if (!entries.Any(other => IsSame(other, left))) entries.Add(left);
        }

        return entries.DrainToImmutable();
    }

    /// <summary>The entry of the one whose leg it is: the caller's, the callee's, or that of the one who transferred.</summary>
    public static HistoryEntry EntryOf(CallState state, LegId leg) =>
        leg == state.CallerLeg.Id ? CallerEntry(state) : leg == state.Transfer?.By?.Id ? state.Transfer.Line! : CalleeEntry(state);

    /// <summary>The callee's entry; null when they have none of their own.</summary>
    public static HistoryEntry? CalleeEntryOf(CallState state) => HasCallee(state) ? CalleeEntry(state) : null;

    /// <summary>The user leaves the call, which goes on. One who comes back later goes on with the same entry.</summary>
    public static CallState Leave(CallState state, HistoryEntry entry, CallEnd end, DateTimeOffset now) =>
        Outsider.Is(entry.Extension) ? state : state with { Left = state.Left.RemoveAll(left => IsSame(left, entry)).Add(Close(entry, now, end)) };

    /// <summary>Takes back the entry of a user who left and now is called again; null when they had no part in the call.</summary>
    public static (CallState State, HistoryEntry? Line) Reopen(CallState state, string extension)
    {
        var line = state.Left.FirstOrDefault(left => left.Extension == extension);
        return line is null ? (state, null) : (state with { Left = state.Left.Remove(line) }, line with { EndedAt = null, End = CallEnd.None });
    }

    private static bool HasCallee(CallState state)
    {
        if (!state.CalleeAsked || state.CalleeExtension is not { Length: > 0 } callee || state.Answerer is { Stage: LegStage.Moved }) return false;
        var line = state.CalleeLine;
        // A call to oneself is one call of one user, who made it; and who transfers to themselves has their entry already.
        return (callee != state.CallerExtension || (line?.CallKey ?? state.CallKey) != (state.CallerLine?.CallKey ?? state.CallKey))
            && (state.Transfer?.Line is not { } by || by.Extension != callee || by.CallKey != (line?.CallKey ?? state.CallKey));
    }

    private static HistoryEntry CallerEntry(CallState state) => Close(
        Continue(state, state.CallerLine, PeerOf(state, state.Callee))
            ?? new HistoryEntry(
                state.CallKey, state.CallerExtension, CallDirection.Outbound, PeerOf(state, state.Callee), state.ShownAs ?? state.Caller.Number, state.StartedAt, state.AnsweredAt, null, CallEnd.None),
        state.EndedAt,
        state.End);

    private static HistoryEntry CalleeEntry(CallState state) => Close(
        Continue(state, state.CalleeLine, PeerOf(state, state.Caller))
            ?? new HistoryEntry(
                state.CallKey, state.CalleeExtension!, CallDirection.Inbound, PeerOf(state, state.Caller), state.Dialled, state.StartedAt, state.AnsweredAt, null, CallEnd.None),
        state.EndedAt,
        state.End);

    /// <summary>Who is in a conference speaks with the room, whose number they find in their history to come back.</summary>
    private static Party PeerOf(CallState state, Party other) => state.Room is { } room ? CallRooms.PartyOf(room) : other;

    /// <summary>Who has spoken keeps the last one they spoke to until there is another.</summary>
    private static HistoryEntry? Continue(CallState state, HistoryEntry? line, Party peer) => line is null ? null : line with
    {
        Peer = line.AnsweredAt is null || state.AnsweredAt is not null ? peer : line.Peer,
        AnsweredAt = line.AnsweredAt ?? state.AnsweredAt,
    };

    /// <summary>Who has spoken to somebody had a call that was completed, though nobody answered in the end.</summary>
    private static HistoryEntry Close(HistoryEntry entry, DateTimeOffset? at, CallEnd end) => at is null ? entry : entry with
    {
        EndedAt = at,
        End = entry.AnsweredAt is null ? end : end switch
        {
            CallEnd.Cancelled or CallEnd.NoAnswer or CallEnd.Busy or CallEnd.Declined or CallEnd.DoNotDisturb or CallEnd.Unreachable or CallEnd.NotFound
                or CallEnd.AnsweredElsewhere => CallEnd.Completed,
            _ => end,
        },
    };

    private static bool IsSame(HistoryEntry one, HistoryEntry other) => one.CallKey == other.CallKey && one.Extension == other.Extension;
}
