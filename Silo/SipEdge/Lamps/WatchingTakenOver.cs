using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Users;
using Webphone.Net.Sip;
using Webphone.Sip.Stack;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>
/// Goes on with the subscriptions of a node that was lost, for phones that have a way to this one too (RFC 5626), and for others as soon as they register here. The
/// store gives each to one node only. What nobody has taken when the longest subscription is over, or when the node is back, is let go.
/// </summary>
internal sealed partial class WatchingTakenOver(EdgeContext edge, WatchingAgain again, ISubscriptionStore store)
{
    private const int AtOnce = 32;

    private readonly Lock _gate = new();

    /// <summary>By user. Only the store knows whether another node was faster.</summary>
    private readonly Dictionary<string, List<Left>> _left = [];

    /// <summary>The cluster has given the node up.</summary>
    public async Task NodeGone(string node, CancellationToken stopped)
    {
        var kept = await store.Load(node);
        lock (_gate)
        {
            foreach (var subscription in kept)
            {
                if (!_left.TryGetValue(subscription.User, out var left))
                    _left[subscription.User] = left = [];
                left.Add(new Left(subscription, node));
            }
        }
        LogLost(edge.Logger, node, kept.Count);
        foreach (var users in kept.Select(subscription => subscription.User).Distinct().Chunk(AtOnce))
            await Task.WhenAll(users.Select(user => TakeKnown(user, stopped)));
        await Task.Delay(edge.Options.MaxSubscriptionTime, edge.Time, stopped);
        foreach (var subscription in TakeOut(node))
        {
            if (await store.TakeOver(subscription.Id, node))
                store.Remove(subscription.Id);
        }
    }

    /// <summary>The node is back, and goes on with what nobody has taken.</summary>
    public void NodeBack(string node) => TakeOut(node);

    /// <summary>The user's phone registered over a flow: lamps of the phone that has that contact, or was at that address, are told by it from now on.</summary>
    public void Registered(string userKey, IReadOnlyCollection<string> contacts, SipFlow flow)
    {
        var taken = TakeOut(userKey, left => contacts.Contains(left.Subscription.Dialog.RemoteTarget)
            || SipNetwork.RemoteOf(left.Subscription.Flow) is { } place && place.Address.Equals(flow.Remote.Address));
        if (taken.Count > 0)
            _ = Take(taken, edge.Network.Describe(flow), CancellationToken.None);
    }

    /// <summary>Phones that are registered here already. Another phone of the user at the same address is no reason to believe that it is the one.</summary>
    private async Task TakeKnown(string user, CancellationToken stopped)
    {
        try
        {
            var view = await edge.Grains.GetGrain<IUserGrain>(user).GetView().WaitAsync(EdgeLimits.CommandTimeout, edge.Time, stopped);
            foreach (var device in view.Devices.Where(device => device.Node == edge.Options.Node && edge.Network.TryResolve(device.Flow, out _)))
            {
                var taken = TakeOut(user, left => left.Subscription.Dialog.RemoteTarget == device.Contact);
                if (taken.Count > 0)
                    await Take(taken, device.Flow, stopped);
            }
        }
        // The edge of one user: their phones find their lamps when they register.
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotTaken(edge.Logger, failure, user);
        }
    }

    private async Task Take(List<Left> taken, string flow, CancellationToken stopped)
    {
        try
        {
            var isOurs = await Task.WhenAll(taken.Select(left => store.TakeOver(left.Subscription.Id, left.Node)));
            await again.GoOn([.. taken.Where((_, index) => isOurs[index]).Select(left => left.Subscription with { Flow = flow })], moved: true, stopped);
        }
        // The edge of one phone: it subscribes again when its refresh is refused.
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotTaken(edge.Logger, failure, taken[0].Subscription.User);
        }
    }

    private List<Left> TakeOut(string user, Predicate<Left> which)
    {
        lock (_gate)
        {
            if (!_left.TryGetValue(user, out var left))
                return [];
            var found = left.FindAll(which);
            left.RemoveAll(which);
            if (left.Count == 0)
                _left.Remove(user);
            return found;
        }
    }

    private List<StoredSubscription> TakeOut(string node)
    {
        string[] users;
        lock (_gate)
            users = [.. _left.Keys];
        return [.. users.SelectMany(user => TakeOut(user, left => left.Node == node)).Select(left => left.Subscription)];
    }

    private sealed record Left(StoredSubscription Subscription, string Node);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} left {Count} subscriptions")]
    private static partial void LogLost(ILogger logger, string node, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lamps of {User} could not be taken over")]
    private static partial void LogNotTaken(ILogger logger, Exception failure, string user);
}
