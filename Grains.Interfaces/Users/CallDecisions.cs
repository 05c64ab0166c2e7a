using System.Collections.Immutable;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Users;

/// <summary>Whether the caller may make this call, and who they are to the other side. <see cref="CallEnd.None"/> allows it.</summary>
/// <param name="DoNotDisturb">Whether the caller has do-not-disturb on now.</param>
[GenerateSerializer, Immutable]
public sealed record CallerDecision(CallEnd Refusal, Party Caller, bool DoNotDisturb);

/// <summary>What the callee's user decides: refuse with <paramref name="Refusal"/>, or ring these devices for so long.</summary>
/// <param name="Devices">Of those with the same instance the first that can be reached.</param>
/// <param name="AutoAnswer">Those of them that answer by themselves; default when none does.</param>
/// <param name="ShownAs">The number that the caller is shown as where it is another than for users; null where not.</param>
[GenerateSerializer, Immutable]
public sealed record RingPlan(CallEnd Refusal, Party Callee, ImmutableArray<Binding> Devices, TimeSpan RingTime, ImmutableArray<AutoAnswer> AutoAnswer = default, string? ShownAs = null);

/// <summary>An incoming call as the callee's user judges it.</summary>
/// <param name="Intercom">The caller is to be heard at once, by whichever device answers by itself.</param>
[GenerateSerializer, Immutable]
public sealed record IncomingCall(string CallKey, Party Caller, string CallerExtension, bool Intercom = false);

/// <summary>Devices of a user that can be rung now.</summary>
/// <param name="Devices">Of the flows of one phone the best first.</param>
/// <param name="TalksElsewhere">There are none since the user talks in another call.</param>
[GenerateSerializer, Immutable]
public sealed record FoundDevices(ImmutableArray<Binding> Devices, bool TalksElsewhere);
