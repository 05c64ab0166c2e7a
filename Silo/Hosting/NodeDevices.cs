using Webphone.Grains.Accounts;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Silo.BrowserEdge;
using Webphone.Silo.Edges;
using Webphone.Silo.PushEdge;

namespace Webphone.Silo.Hosting;

/// <summary>All devices of this node: SIP phones, browsers, and browsers that are closed, told apart by a binding's flow and by who holds the leg.</summary>
internal sealed class NodeDevices(IDeviceEdge phones, SessionEdge browsers, PushRinger closed) : IDeviceEdge
{
    public Task<bool> Ring(RingLeg command) =>
        PushDevice.Is(command.Binding) ? closed.Ring(command)
        : SessionKey.OfFlow(command.Binding.Flow) is null ? phones.Ring(command)
        : browsers.Ring(command);

    public Task ShowRinging(LegId leg) => Of(leg).ShowRinging(leg);

    public Task Answer(LegId leg, MediaCodec? codec, Party connected) => Of(leg).Answer(leg, codec, connected);

    public Task End(LegId leg, CallEnd reason) => Of(leg).End(leg, reason);

    public Task Move(LegId leg, string callKey, Party other) => Of(leg).Move(leg, callKey, other);

    public Task TransferChanged(LegId leg, TransferNews news) => Of(leg).TransferChanged(leg, news);

    public async Task<LegId[]> StillHeld(string callKey, LegId[] legs) => [.. await phones.StillHeld(callKey, legs), .. await browsers.StillHeld(callKey, legs), .. await closed.StillHeld(callKey, legs)];

    private IDeviceEdge Of(LegId leg) => browsers.Holds(leg) ? browsers : closed.Holds(leg) ? closed : phones;
}
