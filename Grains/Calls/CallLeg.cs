using System.Text.Json.Serialization;
using Webphone.Grains.Media;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>Where a leg is, as its call knows it.</summary>
public enum LegStage
{
    /// <summary>The caller before the answer; a device that was asked to ring and has not said that it does.</summary>
    Calling,
    Ringing,
    Answered,

    /// <summary>The call gave it up and its edge was told; the call keeps it only to tell the edge again should that get lost.</summary>
    Ending,
    Ended,

    /// <summary>Another call has it: what is still reported here goes on there.</summary>
    Moved,
}

/// <summary>One leg of a call.</summary>
/// <param name="Node">The node whose edge holds the leg.</param>
public sealed record CallLeg(LegId Id, string Node, LegStage Stage)
{
    /// <summary>The device that rings; null for the caller.</summary>
    public Binding? Device { get; init; }

    /// <summary>Known of the caller from the start, of a device from its answer.</summary>
    public EndpointId? Endpoint { get; init; }

    /// <summary>What the device answered with.</summary>
    public MediaCodec? Codec { get; init; }

    /// <summary>Its own user put the other side on hold.</summary>
    public bool Holding { get; init; }

    /// <summary>Its device is out of reach for now.</summary>
    public bool Away { get; init; }

    /// <summary>Nothing of it is to reach the other side, who hears music meanwhile.</summary>
    [JsonIgnore]
    public bool IsSilent => Holding || Away;

    /// <summary>It came from another call, to which its edge reports until it hears otherwise.</summary>
    public bool IsGuest { get; init; }

    /// <summary>It rang at some time, so there was a phone to hear it.</summary>
    public bool Rang { get; init; }

    /// <summary>How it ended; <see cref="CallEnd.None"/> before that.</summary>
    public CallEnd End { get; init; }

    /// <summary>The call owns the leg: it is neither over nor given up.</summary>
    public bool IsOwned => Stage < LegStage.Ending;

    public CallLeg Over(CallEnd end) => Stage == LegStage.Ended ? this : this with { Stage = LegStage.Ended, End = End == CallEnd.None ? end : End };

    public CallLeg GivenUp(CallEnd end) => this with { Stage = LegStage.Ending, End = end };

    /// <summary>Its edge has ended it, as it was told.</summary>
    public CallLeg Released() => Stage == LegStage.Ending ? Over(End) : this;
}
