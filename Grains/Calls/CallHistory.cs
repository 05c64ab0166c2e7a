using System.Collections.Immutable;
using Webphone.Grains.History;

namespace Webphone.Grains.Calls;

/// <summary>What each user of a call will find in their history: one entry, whatever happened on the way.</summary>
public static class CallHistory
{
    public static ImmutableArray<HistoryEntry> EntriesOf(CallState state)
    {
        var caller = Entry(state, state.CallerExtension, CallDirection.Outbound, state.Callee, state.Caller.Number);
        // A call to oneself is one call of one user, who made it.
        return state.CalleeAsked && state.CalleeExtension is { } callee && callee != state.CallerExtension
            ? [caller, Entry(state, callee, CallDirection.Inbound, state.Caller, state.Dialled)]
            : [caller];
    }

    private static HistoryEntry Entry(CallState state, string extension, CallDirection direction, Party peer, string line) =>
        new(state.CallKey, extension, direction, peer, line, state.StartedAt, state.AnsweredAt, state.EndedAt, state.End);
}
