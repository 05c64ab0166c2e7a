using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Recordings;

namespace Webphone.WebFrontend.Hub.Contracts;

/// <param name="StartedAt">When the call began.</param>
/// <param name="Reason">Why it rings.</param>
/// <param name="AutoAnswerSeconds">After how long this browser is to answer by itself; null when its user is to.</param>
public sealed record Ring(string Leg, string CallKey, Peer Caller, DateTimeOffset StartedAt, RingReason Reason, int? AutoAnswerSeconds);

/// <param name="By">The device that answered, when it was answered elsewhere.</param>
public sealed record RingStop(string Leg, CallEnd Reason, string? By);

/// <param name="Extension">Of a user of the same tenant, else null.</param>
public sealed record Peer(string Number, string Name, string? Extension);

/// <summary>How a move stands.</summary>
/// <param name="RequestId">As <see cref="TransferOrder"/>, as the next four.</param>
/// <param name="Phase">Trying, then done or failed, which is final.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Place">The room or the slot that somebody is in now; null where it is neither.</param>
public sealed record TransferStatus(
    string RequestId, string Leg, MoveKind Kind, string? Target, string? Consultation, TransferPhase Phase, CallEnd Reason, string? Place);

/// <summary>A call of the user.</summary>
/// <param name="Leg">The user's leg in it: this session's where it has one.</param>
/// <param name="Here">The leg is this session's: it can be answered, held and ended here. Else it is on another device.</param>
/// <param name="Version">Only grows; a lower one is stale.</param>
/// <param name="Dialled">What the caller dialled.</param>
/// <param name="Held">The user holds it.</param>
/// <param name="HeldByPeer">The other side holds it.</param>
/// <param name="Away">This leg's media is lost; it is to be reconnected.</param>
/// <param name="PeerAway">The other side's device is out of reach for now; the call waits for it.</param>
/// <param name="End">How it ended; none before that.</param>
/// <param name="Room">The number of the conference that the call is in.</param>
/// <param name="Consults">The leg of this session for whose far side this call asks; null for any other call.</param>
/// <param name="BackFrom">Who did not take the far side, which the user had sent there and gets back now.</param>
/// <param name="Recording">Null when the user's side is not recorded.</param>
/// <param name="PeerRecords">The other side records, and the organisation has that shown.</param>
public sealed record BrowserCall(
    string? Leg,
    bool Here,
    string CallKey,
    long Version,
    CallPhase Phase,
    CallDirection Direction,
    string Dialled,
    Peer Peer,
    bool Held,
    bool HeldByPeer,
    bool Away,
    bool PeerAway,
    DateTimeOffset StartedAt,
    DateTimeOffset? AnsweredAt,
    DateTimeOffset? EndedAt,
    CallEnd End,
    string? Room,
    string? Consults,
    Peer? BackFrom,
    CallRecording? Recording,
    bool PeerRecords);

/// <summary>The recording of the user's side of a call.</summary>
/// <param name="Automatic">The organisation records this call: it is not stopped before the end.</param>
public sealed record CallRecording(RecordingPhase Phase, bool Automatic, DateTimeOffset StartedAt);
