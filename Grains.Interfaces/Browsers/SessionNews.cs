using Webphone.Grains.Calls;

namespace Webphone.Grains.Browsers;

/// <summary>Something that happened to a browser session: a closed set.</summary>
[GenerateSerializer, Immutable]
public abstract record SessionNews;

/// <summary>The session has a leg of a call: it dialled, or the leg went to another call.</summary>
/// <param name="Consults">As <see cref="DialOffer.Consults"/>.</param>
[GenerateSerializer, Immutable]
public sealed record LegJoined(LegId Leg, string CallKey, LegId? Consults = null) : SessionNews;

/// <param name="AutoAnswer">After how long the browser is to answer by itself; null when its user is to.</param>
[GenerateSerializer, Immutable]
public sealed record RingStarted(LegId Leg, string CallKey, Party Caller, DateTimeOffset StartedAt, RingReason Reason = RingReason.Call, TimeSpan? AutoAnswer = null) : SessionNews;

/// <summary>The ring was not acknowledged in time; <see cref="RingEnded"/> follows.</summary>
[GenerateSerializer, Immutable]
public sealed record RingMissed(LegId Leg) : SessionNews;

/// <summary>The ring is over without an answer here.</summary>
[GenerateSerializer, Immutable]
public sealed record RingEnded(LegId Leg, string CallKey, CallEnd Reason) : SessionNews;

/// <summary>The leg's media is lost, or heard again.</summary>
[GenerateSerializer, Immutable]
public sealed record LegLost(LegId Leg, string CallKey, bool Lost) : SessionNews;

/// <summary>How a transfer stands that the browser's user asked for.</summary>
[GenerateSerializer, Immutable]
public sealed record TransferTold(TransferCall Command, TransferNews News) : SessionNews;

/// <summary>Another tab holds the phone, or its reach changed.</summary>
[GenerateSerializer, Immutable]
public sealed record PhoneChanged(PhoneView Phone) : SessionNews;
