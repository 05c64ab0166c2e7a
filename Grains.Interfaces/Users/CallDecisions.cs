using System.Collections.Immutable;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Users;

/// <summary>Whether the caller may make this call, and who they are to the other side. <see cref="CallEnd.None"/> allows it.</summary>
/// <param name="DoNotDisturb">Whether the caller has do-not-disturb on now.</param>
[GenerateSerializer, Immutable]
public sealed record CallerDecision(CallEnd Refusal, Party Caller, bool DoNotDisturb);

/// <summary>What the callee's user decides: refuse with <paramref name="Refusal"/>, or ring these devices for so long.</summary>
/// <param name="Devices">Of those with the same instance the first that can be reached.</param>
[GenerateSerializer, Immutable]
public sealed record RingPlan(CallEnd Refusal, Party Callee, ImmutableArray<Binding> Devices, TimeSpan RingTime);

/// <summary>An incoming call as the callee's user judges it.</summary>
[GenerateSerializer, Immutable]
public sealed record IncomingCall(string CallKey, Party Caller, string CallerExtension);
