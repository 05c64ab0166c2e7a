using System.Collections.Immutable;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Calls;

/// <summary>
/// A person's leg on its way from one owner to another, with all that the next owner has to know. The leg, its endpoint and what was
/// negotiated stay as they are: nobody on the wire notices.
/// </summary>
/// <param name="Leg">The leg.</param>
/// <param name="Node">The node whose edge holds it.</param>
/// <param name="Endpoint">Its media endpoint.</param>
/// <param name="Codecs">What it speaks, best first.</param>
/// <param name="Extension">Whose leg it is; empty for a party outside.</param>
/// <param name="Device">The device, as <see cref="StartCall.Device"/> and <see cref="Users.Binding"/> name it.</param>
/// <param name="Party">Who they are to others.</param>
/// <param name="Holding">They hold whoever is on the other side.</param>
/// <param name="Away">Their device is out of reach for now.</param>
/// <param name="History">Their entry of the history: it goes with them, since to them it is one call (N10).</param>
/// <param name="Recording">The recording of their side, which goes on.</param>
[GenerateSerializer, Immutable]
public sealed record HandedParty(
    LegId Leg,
    string Node,
    EndpointId Endpoint,
    ImmutableArray<MediaCodec> Codecs,
    string Extension,
    string Device,
    Party Party,
    bool Holding,
    bool Away,
    HistoryEntry History,
    PartyRecording? Recording = null);

/// <summary>The owner of a party gives it to another call.</summary>
/// <param name="RequestId">Names the move: asking again with the same id changes nothing.</param>
/// <param name="Party">Who comes.</param>
/// <param name="Replaces">The leg of the call whose place they take; that leg is ended. Null: they answer a call that rings, or take a party that is parked.</param>
[GenerateSerializer, Immutable]
public sealed record AdoptRequest(string RequestId, HandedParty Party, LegId? Replaces);

/// <summary>
/// A leg's user moves somebody. <see cref="MoveKind.Send"/> in a call of two: the party on the other side goes to the target, which may be a user, a
/// room (999XX, *38) or a slot (701, *68 for the lowest that is free). In a room: the target is called in.
/// </summary>
/// <param name="RequestId">Made by the edge: asking again with the same id is the same move.</param>
/// <param name="Leg">The leg of the one who asks.</param>
/// <param name="Target">What was dialled as the target; the device to go on with for <see cref="MoveKind.Switch"/>; empty where <paramref name="Consultation"/> names the target.</param>
/// <param name="Consultation">The other call of the one who asks; null when there is none.</param>
/// <param name="Kind">What is asked.</param>
[GenerateSerializer, Immutable]
public sealed record TransferRequest(string RequestId, LegId Leg, string Target, Consultation? Consultation, MoveKind Kind = MoveKind.Send);

/// <summary>What a leg's user asks for.</summary>
public enum MoveKind
{
    /// <summary>The party on the other side goes elsewhere.</summary>
    Send,

    /// <summary>
    /// The call becomes a conference in the room of the one who asks, or is one already; the far side of the other call, where one is named, comes in
    /// too, and the leg of the one who asks in that call ends. Or the target, where there is one, is called in.
    /// </summary>
    Merge,

    /// <summary>The one who asks goes on with another of their devices; the other side notices nothing.</summary>
    Switch,
}

/// <summary>A call in which somebody asks the target of a transfer first, and their own leg in it.</summary>
[GenerateSerializer, Immutable]
public sealed record Consultation(string CallKey, LegId Leg);

/// <summary>How a transfer stands, told to the edge of the one who asked for it.</summary>
public enum TransferPhase
{
    /// <summary>It was taken; the target is being asked.</summary>
    Trying,

    /// <summary>The party is with the target, or the target rings: the one who transferred is out.</summary>
    Done,

    /// <summary>It came to nothing and all is as it was.</summary>
    Failed,
}

/// <summary>News of a move. <paramref name="Reason"/> says why it failed, <paramref name="Place"/> in which room or slot the party is now; empty when in none.</summary>
[GenerateSerializer, Immutable]
public sealed record TransferNews(string RequestId, TransferPhase Phase, CallEnd Reason, string Place = "");
