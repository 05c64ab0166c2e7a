using System.Collections.Immutable;
using Webphone.Grains.Media;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>An owner asks an edge to make a leg to a device and to ring it.</summary>
/// <param name="Leg">The new leg's id; a repeated command with the same id makes no second leg.</param>
/// <param name="CallKey">Key of the <see cref="ICallGrain"/> that owns the leg.</param>
/// <param name="Tenant">The tenant that the device belongs to.</param>
/// <param name="Extension">The user who is called.</param>
/// <param name="Binding">The device.</param>
/// <param name="Caller">Who calls, as the callee sees it.</param>
/// <param name="Codecs">What the caller offered, best first. The edge offers these first, then whatever else it can transcode.</param>
/// <param name="AutoAnswer">Ask the device to answer by itself (Call-Info: answer-after=0, Alert-Info).</param>
/// <param name="HasOtherFlow">The phone can be rung by another flow, so that an edge which leaves need not.</param>
[GenerateSerializer, Immutable]
public sealed record RingLeg(
    LegId Leg,
    string CallKey,
    string Tenant,
    string Extension,
    Binding Binding,
    Party Caller,
    ImmutableArray<MediaCodec> Codecs,
    bool AutoAnswer,
    bool HasOtherFlow = false);
