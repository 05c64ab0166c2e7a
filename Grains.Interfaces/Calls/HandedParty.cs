using System.Collections.Immutable;
using Webphone.Grains.History;
using Webphone.Grains.Media;

namespace Webphone.Grains.Calls;

/// <summary>
/// A person's leg on its way from one owner to another, with all that the next owner has to know. The leg, its endpoint and what was
/// negotiated stay as they are: nobody on the wire notices.
/// </summary>
/// <param name="Leg">The leg.</param>
/// <param name="Node">The node whose edge holds it.</param>
/// <param name="Endpoint">Its media endpoint.</param>
/// <param name="Codecs">What it speaks, best first.</param>
/// <param name="Extension">Whose leg it is.</param>
/// <param name="Device">The device, as <see cref="StartCall.Device"/> and <see cref="Users.Binding"/> name it.</param>
/// <param name="Party">Who they are to others.</param>
/// <param name="Holding">They hold whoever is on the other side.</param>
/// <param name="Away">Their device is out of reach for now.</param>
/// <param name="History">Their entry of the history: it goes with them, since to them it is one call (N10).</param>
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
    HistoryEntry History);

/// <summary>The owner of a party gives it to another call.</summary>
/// <param name="RequestId">Names the move: asking again with the same id changes nothing.</param>
/// <param name="Party">Who comes.</param>
/// <param name="Replaces">The leg of the call whose place they take; that leg is ended.</param>
[GenerateSerializer, Immutable]
public sealed record AdoptRequest(string RequestId, HandedParty Party, LegId Replaces);

/// <summary>A leg's user sends the party on the other side elsewhere.</summary>
/// <param name="RequestId">Made by the edge: asking again with the same id is the same transfer.</param>
/// <param name="Leg">The leg of the one who transfers.</param>
/// <param name="Target">What was dialled as the target; empty for an attended transfer.</param>
/// <param name="Consultation">The other call of the one who transfers, whose far side is the target; null for a blind transfer.</param>
[GenerateSerializer, Immutable]
public sealed record TransferRequest(string RequestId, LegId Leg, string Target, Consultation? Consultation);

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

/// <summary>News of a transfer. <paramref name="Reason"/> says why it failed.</summary>
[GenerateSerializer, Immutable]
public sealed record TransferNews(string RequestId, TransferPhase Phase, CallEnd Reason);
