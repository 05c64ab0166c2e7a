using Microsoft.Extensions.Logging;
using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Calls;

/// <summary>
/// Carries commands of one call to the nodes that hold its legs. Each takes at most <see cref="EdgeLimits.CommandTimeout"/> once its node was found, never
/// throws, and comes to an event for the call, or to none.
/// </summary>
/// <param name="book">Finds nodes.</param>
/// <param name="telling">What goes along with commands.</param>
/// <param name="callKey">The call.</param>
/// <param name="time">Of time-outs.</param>
/// <param name="log">Of nodes that do not do their part.</param>
internal sealed partial class NodeCommands(NodeBook book, CallTelling telling, string callKey, TimeProvider time, ILogger log)
{
    /// <summary>A leg that is given up may still ring or talk, so its end is told again; for longer than a node needs to announce itself anew.</summary>
    public const int EndAttempts = 3;

    private static readonly TimeSpan EndAgainAfter = NodeLease.Patience / 2 + TimeSpan.FromSeconds(1);

    /// <summary>How often it is asked where a node is; longer in all than a dead one is held for a member.</summary>
    public const int ResolveAttempts = 4;

    private static readonly TimeSpan ResolveAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>How long a node has to ring a phone that can be rung by another.</summary>
    private static readonly TimeSpan FlowTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How often a recorder is told something; longer in all than a node needs to announce itself anew.</summary>
    private const int RecordAttempts = 4;

    private static readonly TimeSpan RecordAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, NodeLinks> _links = [];
    private LinkCommands? _linking;

    private LinkCommands Linking => _linking ??= new LinkCommands(Resolve, Lost, time);

    public async Task<CallEvent?> Run(LegCommand command)
    {
        if (command is EndLeg end) return await End(end);
        if (command is RingDevice { Waiting: { } waits } rings && rings.Node != waits.Node && book.IsHere(waits.Node))
            command = rings with { Ring = rings.Ring with { Link = await Linking.Prepare(rings.Leg, waits) } };
        try
        {
            if (await Resolve(command.Node) is not { } links) return new NodeLost(command.Node);
            switch (command)
            {
                case RingDevice { Ring.HasOtherFlow: true } ring:
                    return await RingByFlow(links, ring);
                case RingDevice ring:
                    return Heard(ring, await InTime(links.Edge.Ring(Complete(ring))));
                case ShowRinging ringing:
                    await InTime(links.Edge.ShowRinging(ringing.Leg));
                    return null;
                case AnswerCaller answer:
                    await InTime(links.Edge.Answer(answer.Leg, answer.Codec, answer.Connected));
                    return new CallerAnswered();
                case MoveLeg move:
                    await InTime(links.Edge.Move(move.Leg, callKey, move.Other));
                    return null;
                case TellTransfer tell:
                    await InTime(links.Edge.TransferChanged(tell.Leg, tell.News));
                    return null;
                default:
                    throw new InvalidOperationException($"Nobody carries out {command}.");
            }
        }
        catch (Exception error)
        {
            return Lost(command.Node, command.Leg.Value, error);
        }
    }

    /// <summary>Who can be rung another way need not wait for a node that hangs. Should it go on, it hears that the leg is over.</summary>
    private async Task<CallEvent?> RingByFlow(NodeLinks links, RingDevice ring)
    {
        var rings = links.Edge.Ring(Complete(ring));
        try
        {
            return Heard(ring, await (rings.IsCompleted ? rings : rings.WaitAsync(FlowTimeout, time)));
        }
        catch (TimeoutException error)
        {
            LogSlow(log, ring.Node, ring.Leg, error);
            _ = GiveUp(links, ring);
            return new DeviceUnreachable(ring.Leg);
        }
    }

    /// <summary>With what the edge is to know besides: where the call is, and how it stands for the user.</summary>
    private RingLeg Complete(RingDevice ring) =>
        ring.Ring with { News = telling.Take(ring.Leg), Near = book.IsHere(ring.Node) ? null : book.Home };

    private CallEvent? Heard(RingDevice ring, RingAnswer answer)
    {
        switch (answer)
        {
            case RingAnswer.Rings:
                return new LegReported(new LegRinging(ring.Leg));
            case RingAnswer.Called:
                return null;
            default:
                LogNoWay(log, callKey, ring.Node, ring.Leg);
                return new DeviceUnreachable(ring.Leg);
        }
    }

    private async Task GiveUp(NodeLinks links, RingDevice ring)
    {
        try
        {
            await InTime(links.Edge.End(ring.Leg, CallEnd.Unreachable));
        }
        catch (Exception error)
        {
            // The leg is not the call's any more: its first report is answered so.
            Lost(ring.Node, ring.Leg.Value, error);
        }
    }

    public async Task<CallEvent?> Run(MediaCommand command)
    {
        if (command is RecordingCommand recording) return await Run(recording);
        if (command is ConnectMedia { Other: var other } && other.Node != command.Endpoint.Node) return await Linking.Join(command.Endpoint, other);
        _linking?.Follow(command);
        if (command is EnterMix { Room: var room } && room.Node != command.Endpoint.Node) return await Linking.JoinMix(command.Endpoint, room);
        try
        {
            if (await Resolve(command.Endpoint.Node) is not { } links) return new NodeLost(command.Endpoint.Node);
            await InTime(command switch
            {
                EnterMix enter => links.Media.JoinMix(enter.Room.Mix, enter.Endpoint),
                ConnectMedia connect => links.Media.Connect(connect.Endpoint, connect.Other),
                DisconnectMedia disconnect => links.Media.Disconnect(disconnect.Endpoint),
                PlayMedia play => links.Media.Play(play.Endpoint, play.Source),
                EchoMedia echo => links.Media.Echo(echo.Endpoint),
                _ => throw new InvalidOperationException($"Nobody carries out {command}."),
            });
            return null;
        }
        catch (Exception error)
        {
            return Lost(command.Endpoint.Node, command.Endpoint.ToString(), error);
        }
    }

    /// <summary>
    /// A recorder that is not there says nothing of the call, which goes on. What somebody does not want to be recorded must not be, so a command is told again
    /// when nothing says that it was taken.
    /// </summary>
    private async Task<CallEvent?> Run(RecordingCommand command)
    {
        var attempts = command is CueEndpoint ? 1 : RecordAttempts;
        for (var attempt = 1; attempt <= attempts; attempt++)
        {
            if (attempt > 1) await Task.Delay(RecordAgainAfter, time);
            try
            {
                if (await Resolve(command.Endpoint.Node) is not { Recorder: { } recorder }) break;
                return await Run(recorder, command);
            }
            catch (Exception error)
            {
                Lost(command.Endpoint.Node, command.Endpoint.ToString(), error);
            }
        }

        return command is RecordEndpoint { Order.Id: var id } ? new RecordingAnswered(id, Records: false) : null;
    }

    private async Task<CallEvent?> Run(IRecorder recorder, RecordingCommand command)
    {
        switch (command)
        {
            case RecordEndpoint record:
                return new RecordingAnswered(record.Order.Id, await InTime(recorder.Record(record.Endpoint, record.Order, record.Paused)));
            case PauseRecording pause:
                await InTime(recorder.Pause(pause.Endpoint, pause.Id, pause.Paused));
                return null;
            case StopRecording stop:
                await InTime(recorder.Stop(stop.Endpoint, stop.Id));
                return null;
            case CueEndpoint cue:
                await InTime(recorder.Cue(cue.Endpoint, cue.Tone));
                return null;
            default:
                throw new InvalidOperationException($"No recorder carries out {command}.");
        }
    }

    public async Task<CallEvent?> Run(AskStillHeld ask)
    {
        try
        {
            if (await Resolve(ask.Node) is not { } links) return new NodeLost(ask.Node);
            var held = await InTime(links.Edge.StillHeld(callKey, [.. ask.Legs]));
            var missing = ask.Legs.RemoveRange(held);
            return missing.IsEmpty ? null : new LegsMissing(missing);
        }
        catch (Exception error)
        {
            return Lost(ask.Node, "sweep", error);
        }
    }

    /// <summary>A leg answered: its node may have opened an end of a link already.</summary>
    public void Answered(LegAnswered answer) => _linking?.Answered(answer);

    private async Task<CallEvent> End(EndLeg end)
    {
        var news = telling.Take(end.Leg);
        var told = Task.CompletedTask;
        for (var attempt = 1; attempt <= EndAttempts; attempt++)
        {
            if (attempt > 1) await Task.Delay(EndAgainAfter, time);
            var reached = await TryEnd(end, news);
            // The user need not wait until the node is back.
            if (news is not null && reached is not true) told = telling.Tell(news);
            news = null;
            if (reached is not null) break;
        }

        await told;
        return new LegReleased(end.Leg);
    }

    /// <summary>Ends a leg while the command to ring it is under way, and is not the last to do so.</summary>
    public async Task<CallEvent?> Hurry(EndLeg end)
    {
        var news = telling.Take(end.Leg);
        if (await TryEnd(end, news) is not true && news is not null) await telling.Tell(news);
        return null;
    }

    /// <summary>Whether the user was told; null when the node was not reached.</summary>
    private async Task<bool?> TryEnd(EndLeg end, UserNews? news)
    {
        try
        {
            return await Resolve(end.Node) is { } links ? await InTime(links.Edge.End(end.Leg, end.Reason, news)) : null;
        }
        catch (Exception error)
        {
            Lost(end.Node, end.Leg.Value, error);
            return null;
        }
    }

    private async ValueTask<NodeLinks?> Resolve(string node)
    {
        if (_links.TryGetValue(node, out var known)) return known;
        var links = await Ask(node);
        if (links is not null) _links[node] = links;
        return links;
    }

    /// <summary>Who knows the node may have died on another: that says nothing of the node, and the next who knows is asked.</summary>
    private async ValueTask<NodeLinks?> Ask(string node)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var asked = book.Resolve(node);
                return asked.IsCompletedSuccessfully ? asked.Result : await InTime(asked.AsTask());
            }
            catch (Exception error) when (attempt < ResolveAttempts)
            {
                LogAskedAgain(log, node, error);
                await Task.Delay(ResolveAgainAfter, time);
            }
        }
    }

    private NodeLost Lost(string node, string what, Exception error)
    {
        LogLost(log, node, what, error);
        // It may have come back with other references.
        _links.Remove(node);
        book.Forget(node);
        return new NodeLost(node);
    }

    private Task InTime(Task command) => command.IsCompleted ? command : command.WaitAsync(EdgeLimits.CommandTimeout, time);

    private Task<T> InTime<T>(Task<T> command) => command.IsCompleted ? command : command.WaitAsync(EdgeLimits.CommandTimeout, time);

    [LoggerMessage(Level = LogLevel.Information, Message = "{CallKey} {Leg}: node {Node} has no way to the device")]
    private static partial void LogNoWay(ILogger log, string callKey, string node, LegId leg);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody says where node {Node} is; it is asked again")]
    private static partial void LogAskedAgain(ILogger log, string node, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} does not ring {Leg}, whose phone is rung another way")]
    private static partial void LogSlow(ILogger log, string node, LegId leg, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} did not do its part for {What}")]
    private static partial void LogLost(ILogger log, string node, string what, Exception error);
}
