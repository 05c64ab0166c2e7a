using Webphone.Grains.Media;

namespace Webphone.Grains.Calls;

/// <summary>
/// The end of a link that waits on the caller's node while phones of other nodes ring, and the ends that those which answer have opened towards it. All that
/// ring share it: who answers is joined with a key of their own. It is good for one connection, and no loss: without it a link is made after the answer. For
/// one grain's turns.
/// </summary>
internal sealed class PreparedLink
{
    private readonly HashSet<LegId> _rung = [];
    private readonly Dictionary<EndpointId, LinkEnd> _answers = [];
    private EndpointId _waits;
    private Task<LinkEnd?>? _end;

    /// <summary>The end that waits for the endpoint, for a leg that is to ring; opened for the first of them. Null when none could be, or the endpoint was connected meanwhile.</summary>
    public async Task<LinkEnd?> For(LegId leg, EndpointId waits, Func<EndpointId, Task<LinkEnd?>> open)
    {
        if (_end is null || _waits != waits)
        {
            Forget();
            (_waits, _end) = (waits, open(waits));
        }

        var opening = _end;
        var end = await opening;
        if (end is null || opening != _end) return null;
        _rung.Add(leg);
        return end;
    }

    /// <summary>A leg answered, and its node has opened its end; of no use when it was not rung with the one that waits.</summary>
    public void Answered(LegAnswered answer)
    {
        if (answer.Link is { } end && _rung.Contains(answer.Leg)) _answers[answer.Endpoint] = end;
    }

    /// <summary>Takes both ends of the link between the two; null when there is none. Neither waits any more.</summary>
    public (LinkEnd Own, LinkEnd Other)? Take(EndpointId first, EndpointId second)
    {
        (LinkEnd, LinkEnd)? link = _end is { IsCompletedSuccessfully: true, Result: { } own } && first == _waits && _answers.TryGetValue(second, out var other) ? (own, other) : null;
        Connected(first);
        Connected(second);
        return link;
    }

    /// <summary>What the node is told of its endpoints may close their ends. Who waits may be played to.</summary>
    public void Follow(MediaCommand command)
    {
        if (command is PlayMedia or DisconnectMedia)
        {
            _answers.Remove(command.Endpoint);
            return;
        }

        Connected(command.Endpoint);
        if (command is ConnectMedia { Other: var other }) Connected(other);
    }

    private void Connected(EndpointId endpoint)
    {
        if (endpoint == _waits) Forget();
        else _answers.Remove(endpoint);
    }

    private void Forget()
    {
        (_waits, _end) = (default, null);
        _rung.Clear();
        _answers.Clear();
    }
}
