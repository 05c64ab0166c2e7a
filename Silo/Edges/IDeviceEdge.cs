using Webphone.Grains.Calls;
using Webphone.Grains.Media;

namespace Webphone.Silo.Edges;

/// <summary>The legs of one kind of devices on a node, as <see cref="IEdge"/> shows all of them to calls.</summary>
internal interface IDeviceEdge
{
    /// <summary>Makes a leg to a device and calls it. False when it cannot be reached (no event follows then).</summary>
    Task<bool> Ring(RingLeg command);

    Task ShowRinging(LegId leg);

    Task Answer(LegId leg, MediaCodec? codec, Party connected);

    Task End(LegId leg, CallEnd reason);

    Task Move(LegId leg, string callKey, Party other);

    Task TransferChanged(LegId leg, TransferNews news);

    Task<LegId[]> StillHeld(string callKey, LegId[] legs);
}
