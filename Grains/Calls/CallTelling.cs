using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Calls;

/// <summary>
/// Tells a call's users how it stands. A user is most likely where their device is: so where something of the same step goes to a device of theirs anyway, or
/// their device has just reported and waits for the answer, the news goes along; else it has a message of its own.
/// <code>
///   the call goes on   with the command that rings the user's device, or with the answer to their device's report
///   it is over         with the command that ends their leg, which is answered: the end must arrive
/// </code>
/// For one grain's turns.
/// </summary>
internal sealed class CallTelling(IGrainFactory grains, string callKey, TimeProvider time, ILogger log)
{
    private readonly Dictionary<string, LatestTeller<CallView>> _tellers = [];
    private readonly Dictionary<LegId, UserNews> _boarded = [];
    private readonly HashSet<string> _gone = [];
    private LegId? _reporting;
    private UserNews? _answer;

    /// <summary>What is told until <see cref="Answer"/> may go with the answer to the leg's report.</summary>
    public void Hear(LegId leg)
    {
        _reporting = leg;
        _answer = null;
    }

    /// <summary>What goes with the answer.</summary>
    public UserNews? Answer()
    {
        _reporting = null;
        return _answer;
    }

    /// <summary>Finds a way for the news of a step, before its commands are given.</summary>
    public void Board(CallState state, ImmutableArray<CallEffect> effects)
    {
        _gone.Clear();
        if (!effects.Contains(PublishView.It)) return;
        foreach (var extension in CallViews.UsersOf(state))
        {
            var news = new UserNews(UserKey.Of(state.Tenant, extension), CallViews.Of(state, extension));
            if (Finds(news, state, extension, effects)) _gone.Add(extension);
        }
    }

    /// <summary>What goes with a command for the leg.</summary>
    public UserNews? Take(LegId leg) => _boarded.Remove(leg, out var news) ? news : null;

    /// <summary>Tells those who are told by a message of their own. The tasks never fail.</summary>
    public IEnumerable<Task> Publish(CallState state) => CallViews.UsersOf(state)
        .Where(extension => !_gone.Contains(extension))
        .Select(extension => Tell(new UserNews(UserKey.Of(state.Tenant, extension), CallViews.Of(state, extension))));

    /// <summary>By a message of its own. The task never fails.</summary>
    public Task Tell(UserNews news)
    {
        if (!_tellers.TryGetValue(news.UserKey, out var teller))
        {
            var user = grains.GetGrain<IUserGrain>(news.UserKey);
            // The end must arrive; what was lost before it is made up for by the next view or by a sweep.
            _tellers[news.UserKey] = teller = new LatestTeller<CallView>(
                view => view.Phase == CallPhase.Ended ? user.CallChanged(view) : user.CallGoesOn(view), $"user {news.UserKey} of call {callKey}", time, log);
        }

        return teller.Tell(news.View);
    }

    private bool Finds(UserNews news, CallState state, string extension, ImmutableArray<CallEffect> effects)
    {
        var over = news.View.Phase == CallPhase.Ended;
        if (!over && _reporting is { } leg && state.UserOf(leg) == extension)
        {
            _answer = news;
            return true;
        }

        foreach (var effect in effects)
        {
            if (effect is not LegCommand command || !GoesTo(command, extension, over, state)) continue;
            _boarded[command.Leg] = news;
            return true;
        }

        return false;
    }

    /// <summary>A leg that was lost with its node is ended in vain.</summary>
    private static bool GoesTo(LegCommand command, string extension, bool over, CallState state) => command switch
    {
        RingDevice ring => !over && ring.Ring.Extension == extension,
        EndLeg end => over && end.Reason != CallEnd.EdgeLost && state.UserOf(end.Leg) == extension,
        _ => false,
    };
}
