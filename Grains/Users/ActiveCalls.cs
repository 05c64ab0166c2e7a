using System.Collections.Immutable;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Users;

/// <summary>The calls that a user has now, by the newest version heard of each. For one grain's turns.</summary>
internal sealed class ActiveCalls
{
    /// <summary>How many calls that ended are remembered, so that news which comes late does not bring them back.</summary>
    public const int Remembered = 16;

    private readonly Dictionary<string, CallView?> _calls = [];
    private readonly Queue<string> _over = [];

    public int Count => _calls.Count;

    public IReadOnlyCollection<string> Keys => _calls.Keys;

    public IEnumerable<CallView> Views => _calls.Values.OfType<CallView>();

    /// <summary>Makes room for a call of which nothing is known yet. False when the user has <see cref="UserLimits.Calls"/>.</summary>
    public bool Expect(string callKey)
    {
        if (_calls.ContainsKey(callKey) || _over.Contains(callKey)) return true;
        if (_calls.Count >= UserLimits.Calls) return false;
        _calls.Add(callKey, null);
        return true;
    }

    /// <summary>Takes the news. False when it is out of date.</summary>
    public bool Apply(CallView view)
    {
        if (_over.Contains(view.CallKey)) return false;
        if (_calls.GetValueOrDefault(view.CallKey) is { } known && known.Version >= view.Version) return false;
        if (view.Phase == CallPhase.Ended) Forget(view.CallKey);
        else _calls[view.CallKey] = view;
        return true;
    }

    /// <summary>The call is gone without a word. What there is left to tell of it, if anyone had heard of it.</summary>
    public CallView? Lose(string callKey, DateTimeOffset now)
    {
        var last = _calls.GetValueOrDefault(callKey);
        Forget(callKey);
        return last is null ? null : last with
        {
            Version = last.Version + 1,
            Phase = CallPhase.Ended,
            EndedAt = now,
            End = CallEnd.Interrupted,
            Parties = [.. last.Parties.Select(party => party with { Phase = LegPhase.Ended })],
        };
    }

    private void Forget(string callKey)
    {
        _calls.Remove(callKey);
        _over.Enqueue(callKey);
        if (_over.Count > Remembered) _over.Dequeue();
    }
}
