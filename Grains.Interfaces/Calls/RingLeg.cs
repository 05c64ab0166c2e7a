using System.Collections.Immutable;
using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>An owner asks an edge to make a leg to a device and to ring it.</summary>
/// <param name="Leg">The new leg's id; a repeated command with the same id makes no second leg.</param>
/// <param name="CallKey">Key of the <see cref="ICallGrain"/> that owns the leg.</param>
/// <param name="Tenant">The tenant that the device belongs to.</param>
/// <param name="Extension">The user who is called; empty for a number outside, which the device's contact is.</param>
/// <param name="Binding">The device.</param>
/// <param name="Caller">Who calls, as the callee sees it.</param>
/// <param name="Codecs">What the caller offered, best first. The edge offers these first, then whatever else it can transcode.</param>
/// <param name="AutoAnswer">Ask the device to answer by itself after so long (Call-Info: answer-after, Alert-Info); null leaves it to its user.</param>
/// <param name="HasOtherFlow">The phone can be rung by another flow, so that an edge which leaves need not.</param>
/// <param name="Reason">Why it rings, which the device may tell by its sound and in words.</param>
/// <param name="ReferredBy">Who has sent the caller here; null when they come by themselves.</param>
/// <param name="Link">The end of a link that waits for the answer on the caller's node; null when there is none, as for a device of that node.</param>
/// <param name="News">How the call stands, for the user who is rung; null when the call tells them itself.</param>
/// <param name="Near">The node where the call's grain is, at whose <see cref="ICallDesk"/> the leg can be reported; null when that is this node, or not known.</param>
[GenerateSerializer, Immutable]
public sealed record RingLeg(
    LegId Leg,
    string CallKey,
    string Tenant,
    string Extension,
    Binding Binding,
    Party Caller,
    ImmutableArray<MediaCodec> Codecs,
    TimeSpan? AutoAnswer,
    bool HasOtherFlow = false,
    RingReason Reason = RingReason.Call,
    Party? ReferredBy = null,
    LinkEnd? Link = null,
    UserNews? News = null,
    string? Near = null);

/// <summary>Why a device rings.</summary>
public enum RingReason
{
    /// <summary>Somebody calls.</summary>
    Call,

    /// <summary>The caller wants to be heard at once.</summary>
    Intercom,

    /// <summary>The user goes on with this device in a call that they have.</summary>
    Switch,

    /// <summary>The user left somebody on hold for long.</summary>
    HoldRecall,

    /// <summary>Somebody asks the user into a conference.</summary>
    Conference,
}
