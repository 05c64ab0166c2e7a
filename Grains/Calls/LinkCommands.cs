using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Rooms;

namespace Webphone.Grains.Calls;

/// <summary>
/// Joins endpoints of one call that are on different nodes, by RTP links; the first of them by one that was prepared while phones rang
/// (<see cref="PreparedLink"/>), where that was possible. Never throws.
/// </summary>
/// <param name="resolve">Finds a node; null when it is not attached.</param>
/// <param name="lost">Notes that a node did not do its part, for what, and says so to the call.</param>
/// <param name="time">Of time-outs.</param>
internal sealed class LinkCommands(Func<string, ValueTask<NodeLinks?>> resolve, Func<string, string, Exception, NodeLost> lost, TimeProvider time)
{
    /// <summary>How long a ring waits for what only makes its answer cheaper.</summary>
    private static readonly TimeSpan PrepareTimeout = TimeSpan.FromSeconds(1);

    private readonly PreparedLink _prepared = new();

    /// <summary>The end of a link that is to go along when the leg rings; null when there is none.</summary>
    public Task<LinkEnd?> Prepare(LegId leg, EndpointId waits) => _prepared.For(leg, waits, Open);

    /// <summary>A leg answered: its node may have opened an end of a link already.</summary>
    public void Answered(LegAnswered answer) => _prepared.Answered(answer);

    /// <summary>An endpoint is told something else than to be joined.</summary>
    public void Follow(MediaCommand command) => _prepared.Follow(command);

    /// <summary>Joins endpoints of two nodes by the link that was prepared while the second rang, else by a new one.</summary>
    public async Task<CallEvent?> Join(EndpointId first, EndpointId second)
    {
        if (_prepared.Take(first, second) is not var (own, other)) return await Link(first, second);
        try
        {
            if (await resolve(first.Node) is not { } near) return new NodeLost(first.Node);
            if (await InTime(near.Media.JoinPrepared(first, own, other))) return null;
        }
        catch (Exception error)
        {
            return lost(first.Node, $"link of {first} and {second}", error);
        }

        return await Link(first, second);
    }

    /// <summary>Brings an endpoint into a mix on another node.</summary>
    public async Task<CallEvent?> JoinMix(EndpointId endpoint, RoomTicket room)
    {
        var node = room.Node;
        try
        {
            if (await resolve(node) is not { } mixing) return new NodeLost(node);
            var opened = await InTime(mixing.Media.OpenMixLink(room.Mix, endpoint));
            if (opened.End is not { } there) return RefusalOf(opened);

            node = endpoint.Node;
            if (await resolve(node) is not { } near) return new NodeLost(node);
            opened = await InTime(near.Media.OpenLink(endpoint, there));
            if (opened.End is not { } here) return RefusalOf(opened);

            node = room.Node;
            await mixing.Media.CompleteMixLink(room.Mix, endpoint, there, here).WaitAsync(EdgeLimits.CommandTimeout, time);
            return null;
        }
        catch (Exception error)
        {
            return lost(node, $"link of {endpoint} to the mix on {room.Node}", error);
        }
    }

    /// <summary>
    /// Joins endpoints of two nodes by a new link. It begins with the node of <paramref name="first"/>, the caller's, near which the call lives: of the
    /// three messages then one goes to another machine.
    /// </summary>
    private async Task<CallEvent?> Link(EndpointId first, EndpointId second)
    {
        var node = first.Node;
        try
        {
            if (await resolve(node) is not { } near) return new NodeLost(node);
            var opened = await InTime(near.Media.OpenLink(first, null));
            if (opened.End is not { } here) return RefusalOf(opened);

            node = second.Node;
            if (await resolve(node) is not { } far) return new NodeLost(node);
            opened = await InTime(far.Media.OpenLink(second, here));
            if (opened.End is not { } there) return RefusalOf(opened);

            node = first.Node;
            await near.Media.CompleteLink(first, here, there).WaitAsync(EdgeLimits.CommandTimeout, time);
            return null;
        }
        catch (Exception error)
        {
            return lost(node, $"link of {first} and {second}", error);
        }
    }

    /// <summary>Opens an end on the node of whoever waits for an answer. What goes wrong there, the call hears when it needs the node.</summary>
    private async Task<LinkEnd?> Open(EndpointId waits)
    {
        try
        {
            return await resolve(waits.Node) is { } near ? await near.Media.PrepareLink(waits).WaitAsync(PrepareTimeout, time) : null;
        }
        catch (Exception error)
        {
            lost(waits.Node, waits.ToString(), error);
            return null;
        }
    }

    private Task<T> InTime<T>(Task<T> command) => command.WaitAsync(EdgeLimits.CommandTimeout, time);

    /// <summary>An endpoint that is gone comes to nothing: the end of its leg says more.</summary>
    private static MediaRefused? RefusalOf(LinkAnswer answer) => answer.Outcome == LinkOutcome.Refused ? new MediaRefused() : null;
}
