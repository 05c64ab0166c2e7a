using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Nodes;

namespace Webphone.Grains.Rooms;

/// <summary>Carries commands of one room to the node of its mix. They never throw: what is lost is said again by the room's sweep.</summary>
public sealed partial class MixCommands(IGrainFactory grains, string roomKey, TimeProvider time, ILogger log)
{
    private const int Attempts = 3;
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>How a node calls the mix: it says whose it is.</summary>
    public static string NameOf(string roomKey, string mix) => $"{roomKey}#{mix}";

    /// <summary>The key of the room that a mix is of.</summary>
    public static string RoomOf(string mixName) => mixName[..mixName.IndexOf('#', StringComparison.Ordinal)];

    internal async Task Run(MixCommand command)
    {
        for (var attempt = 1; !await TryRun(command) && attempt < Attempts; attempt++) await Task.Delay(AgainAfter, time);
    }

    private async Task<bool> TryRun(MixCommand command)
    {
        try
        {
            var name = NameOf(roomKey, command.Mix);
            if (await grains.GetGrain<INodeGrain>(command.Node).Resolve().WaitAsync(EdgeLimits.CommandTimeout, time) is not { Media: var media }) return false;
            await (command switch
            {
                PlayToRoom play => media.PlayToMix(name, Media.MediaSource.OfTone(play.Tone)),
                MuteMembers mute => media.MuteInMix(name, mute.Muted),
                PartMembers part => Task.WhenAll(part.Members.Select(member => media.LeaveMix(name, member))),
                KeepMembers keep => media.KeepInMix(name, keep.Members),
                _ => throw new InvalidOperationException($"No node carries out {command}."),
            }).WaitAsync(EdgeLimits.CommandTimeout, time);
            return true;
        }
        catch (Exception error)
        {
            LogNotDone(log, roomKey, command.Node, error);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Room {RoomKey}: node {Node} did not do its part")]
    private static partial void LogNotDone(ILogger log, string roomKey, string node, Exception error);
}
