using Webphone.Grains.Calls;

namespace Webphone.Grains.Users;

/// <summary>The calls that a user has now, by the newest version heard of each. For one grain's turns.</summary>
internal sealed class ActiveCalls
{
    /// <summary>How many calls that ended are remembered, so that news which comes late does not bring them back.</summary>
    public const int Remembered = 16;

    private readonly Dictionary<string, CallView?> _calls = [];

    /// <summary>The version in which each of them ended for the user.</summary>
    private readonly Dictionary<string, long> _over = [];
    private readonly Queue<string> _order = [];

    public int Count => _calls.Count;

    public IReadOnlyCollection<string> Keys => _calls.Keys;

    public IEnumerable<CallView> Views => _calls.Values.OfType<CallView>();

    /// <summary>Calls that ring, or may ring in a moment.</summary>
    public IReadOnlyList<string> NotAnswered => [.. _calls.Where(call => call.Value is null or { Phase: CallPhase.Routing or CallPhase.Ringing }).Select(call => call.Key)];

    /// <summary>Makes room for a call of which nothing is known yet. False when the user has <see cref="UserLimits.Calls"/>.</summary>
    public bool Expect(string callKey)
    {
        if (_calls.ContainsKey(callKey) || _over.ContainsKey(callKey)) return true;
        if (_calls.Count >= UserLimits.Calls) return false;
        _calls.Add(callKey, null);
        return true;
    }

    /// <summary>Takes the news. False when it is out of date. A call that was over for the user may come back to them: a transfer that nobody took.</summary>
    public bool Apply(CallView view)
    {
        var isOver = !_calls.ContainsKey(view.CallKey);
        if (_over.TryGetValue(view.CallKey, out var ended) && (ended >= view.Version || (isOver && view.Phase == CallPhase.Ended))) return false;
        if (_calls.GetValueOrDefault(view.CallKey) is { } known && known.Version >= view.Version) return false;
        if (view.Phase == CallPhase.Ended) Forget(view.CallKey, view.Version);
        else _calls[view.CallKey] = view;
        return true;
    }

    /// <summary>The call is gone without a word. What there is left to tell of it, if anyone had heard of it.</summary>
    public CallView? Lose(string callKey, DateTimeOffset now)
    {
        var last = _calls.GetValueOrDefault(callKey);
        Forget(callKey, long.MaxValue);
        return last is null ? null : last with
        {
            Version = last.Version + 1,
            Phase = CallPhase.Ended,
            EndedAt = now,
            End = CallEnd.Interrupted,
            Parties = [.. last.Parties.Select(party => party with { Phase = LegPhase.Ended })],
        };
    }

    private void Forget(string callKey, long version)
    {
        _calls.Remove(callKey);
        if (!_over.TryAdd(callKey, version))
        {
            _over[callKey] = version;
            return;
        }

        _order.Enqueue(callKey);
        if (_order.Count > Remembered) _over.Remove(_order.Dequeue());
    }
}
