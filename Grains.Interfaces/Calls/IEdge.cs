using Orleans.Concurrency;
using Webphone.Grains.Media;

namespace Webphone.Grains.Calls;

/// <summary>
/// The code that holds network flows to endpoints, as grains see it: SipEdge in a silo, the hub in the frontend. Commands are
/// idempotent; one for a leg that is gone does nothing. What happens to a leg comes back as <see cref="LegEvent"/> to its owner.
/// A command that throws or takes longer than <see cref="EdgeLimits.CommandTimeout"/> means that the edge is dead.
/// </summary>
public interface IEdge : IGrainObserver
{
    /// <summary>
    /// Tells the user, makes a leg to a device and rings it. Waits up to <see cref="EdgeLimits.RingPatience"/> for the device to say that it rings: one that does is
    /// not reported again by <see cref="LegRinging"/>.
    /// </summary>
    // A device that is slow to ring keeps no other waiting.
    [AlwaysInterleave]
    Task<RingAnswer> Ring(RingLeg command);

    /// <summary>The far side is ringing: tell this leg's device (180).</summary>
    Task ShowRinging(LegId leg);

    /// <summary>
    /// Answers the leg that called in (200), preferring <paramref name="codec"/>, what the far side speaks, so that media can pass untouched.
    /// <paramref name="connected"/> is who answered.
    /// </summary>
    Task Answer(LegId leg, MediaCodec? codec, Party connected);

    /// <summary>
    /// Ends the leg: refuses, cancels or hangs up, whatever its state asks for. Reports no <see cref="LegEnded"/>. True when <paramref name="news"/>, if there is
    /// any, has reached its user.
    /// </summary>
    [AlwaysInterleave]
    Task<bool> End(LegId leg, CallEnd reason, UserNews? news = null);

    /// <summary>The leg belongs to another call from now on: that is who hears of it. <paramref name="other"/> is who its user talks to there.</summary>
    Task Move(LegId leg, string callKey, Party other);

    /// <summary>News of a transfer that the leg's user asked for.</summary>
    Task TransferChanged(LegId leg, TransferNews news);

    /// <summary>
    /// The ids of those among <paramref name="legs"/> that this edge still holds for the call: lets an owner sweep up what it missed.
    /// A leg is held until its owner took its <see cref="LegEnded"/>, or until it moved to another.
    /// </summary>
    Task<LegId[]> StillHeld(string callKey, LegId[] legs);
}

/// <summary>What became of <see cref="IEdge.Ring"/>.</summary>
public enum RingAnswer
{
    /// <summary>The device's flow is gone and it cannot be reached; no event follows.</summary>
    NoWay,

    /// <summary>The device was called. What it does will be reported.</summary>
    Called,

    /// <summary>The device rings.</summary>
    Rings,
}

/// <summary>Time limits between grains and edges.</summary>
public static class EdgeLimits
{
    /// <summary>How long an edge waits for a device to ring before it answers: where it does, a message between nodes is saved.</summary>
    public static readonly TimeSpan RingPatience = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How often an edge reports a leg of which there is nothing else to report.</summary>
    public static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(60);
}
