using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Silo.Edges;

/// <summary>What calls see as a node's edge: its devices, and what goes along with commands to them.</summary>
internal sealed class NodeEdge(IDeviceEdge devices, EdgePost post) : IEdge
{
    public async Task<RingAnswer> Ring(RingLeg command)
    {
        // First, so that whoever is rung and looks for the call finds it.
        post.PassOn(command.News);
        var rings = post.Waits.Rings(command.Leg);
        if (!await devices.Ring(command))
        {
            post.Waits.Settle(command.Leg, rings: false);
            return RingAnswer.NoWay;
        }

        return await rings ? RingAnswer.Rings : RingAnswer.Called;
    }

    public Task ShowRinging(LegId leg) => devices.ShowRinging(leg);

    public Task Answer(LegId leg, MediaCodec? codec, Party connected) => devices.Answer(leg, codec, connected);

    public async Task<bool> End(LegId leg, CallEnd reason, UserNews? news)
    {
        await devices.End(leg, reason);
        post.Waits.Settle(leg, rings: false);
        return news is null || await post.PassOnEnd(news);
    }

    public Task Move(LegId leg, string callKey, Party other) => devices.Move(leg, callKey, other);

    public Task TransferChanged(LegId leg, TransferNews news) => devices.TransferChanged(leg, news);

    public Task<LegId[]> StillHeld(string callKey, LegId[] legs) => devices.StillHeld(callKey, legs);
}
