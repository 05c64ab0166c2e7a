using System.Text.Json.Serialization;
using Webphone.Grains.Media;

namespace Webphone.Grains.Calls;

/// <summary>
/// What an edge reports of a leg to the leg's owner. Reports may repeat (the edge retries until the owner took them) and may cross
/// commands; the owner ignores what no longer fits.
/// </summary>
[GenerateSerializer, Immutable]
[JsonDerivedType(typeof(LegRinging), "ringing")]
[JsonDerivedType(typeof(LegAnswered), "answered")]
[JsonDerivedType(typeof(LegEnded), "ended")]
[JsonDerivedType(typeof(LegHeld), "held")]
[JsonDerivedType(typeof(LegResumed), "resumed")]
[JsonDerivedType(typeof(LegAway), "away")]
[JsonDerivedType(typeof(LegBack), "back")]
[JsonDerivedType(typeof(LegDigit), "digit")]
[JsonDerivedType(typeof(LegPlaybackFinished), "playbackFinished")]
[JsonDerivedType(typeof(LegAlive), "alive")]
public abstract record LegEvent(LegId Leg);

/// <summary>The device is alerting.</summary>
[GenerateSerializer, Immutable]
public sealed record LegRinging(LegId Leg) : LegEvent(Leg);

/// <summary>The device answered with <paramref name="Codec"/>; its media endpoint is ready.</summary>
/// <param name="Leg">The leg.</param>
/// <param name="Endpoint">Its endpoint.</param>
/// <param name="Codec">What it speaks.</param>
/// <param name="Link">The end that its node has opened towards the one that the ring named (<see cref="RingLeg.Link"/>), and has connected the endpoint with; null when it has not. Never written down.</param>
/// <param name="Rang">It rang before, which nothing but the answer to <see cref="IEdge.Ring"/> says: that may come later.</param>
[GenerateSerializer, Immutable]
public sealed record LegAnswered(LegId Leg, EndpointId Endpoint, MediaCodec Codec, [property: JsonIgnore] LinkEnd? Link = null, bool Rang = false) : LegEvent(Leg);

/// <summary>The leg is over: refused before the answer, or hung up, cancelled or lost. Comes once; nothing follows it.</summary>
/// <param name="At">When that was, which may be long before the owner can be told; null when it is now.</param>
[GenerateSerializer, Immutable]
public sealed record LegEnded(LegId Leg, CallEnd End, DateTimeOffset? At = null) : LegEvent(Leg);

/// <summary>The leg's user pressed hold.</summary>
[GenerateSerializer, Immutable]
public sealed record LegHeld(LegId Leg) : LegEvent(Leg);

/// <summary>The leg's user took the call back from hold.</summary>
[GenerateSerializer, Immutable]
public sealed record LegResumed(LegId Leg) : LegEvent(Leg);

/// <summary>The leg's device is out of reach for now (a page that reloads, a laptop that sleeps): its edge keeps the leg and waits for it.</summary>
[GenerateSerializer, Immutable]
public sealed record LegAway(LegId Leg) : LegEvent(Leg);

/// <summary>The leg's device is heard again.</summary>
[GenerateSerializer, Immutable]
public sealed record LegBack(LegId Leg) : LegEvent(Leg);

/// <summary>The leg's user pressed a key: 0-9 * # A-D (RFC 4733 or SIP INFO). Already passed on to the other side's media.</summary>
[GenerateSerializer, Immutable]
public sealed record LegDigit(LegId Leg, char Digit) : LegEvent(Leg);

/// <summary>A sound that ends (<see cref="IMediaNode.Play"/>) has ended.</summary>
[GenerateSerializer, Immutable]
public sealed record LegPlaybackFinished(LegId Leg) : LegEvent(Leg);

/// <summary>
/// Nothing happened, the leg is still here. An edge reports it of each leg that was silent for <see cref="EdgeLimits.AliveEvery"/>:
/// it brings a call back that died with its silo, and ends a leg whose call gave it up in vain.
/// </summary>
[GenerateSerializer, Immutable]
public sealed record LegAlive(LegId Leg) : LegEvent(Leg);
