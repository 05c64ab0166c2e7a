using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;
using Webphone.Grains.Rooms;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>The states of <see cref="CallMachine"/>, drawn there.</summary>
public enum CallStage
{
    /// <summary>The caller's user is asked whether they may make this call.</summary>
    AskingCaller,

    /// <summary>The callee's user is asked which devices to ring.</summary>
    AskingCallee,

    /// <summary>Devices ring. The caller waits.</summary>
    Ringing,

    /// <summary>Caller and callee talk, or either has the other on hold.</summary>
    Connected,

    /// <summary>One party of a connected call is on the way to another call: that call was asked, and has not said yet that it took them.</summary>
    Giving,

    /// <summary>The caller alone talks with a service of ours, such as the echo test.</summary>
    InService,

    /// <summary>The call is over for its users; edges are being told to end the legs that are left.</summary>
    Ending,

    /// <summary>Nothing is left to do.</summary>
    Ended,

    /// <summary>The caller dialled a room, a slot or somebody else's call, which is asked.</summary>
    AskingPlace,

    /// <summary>A party of a connected call, or both, are on the way to a room or a slot, which was asked and has not answered yet.</summary>
    Moving,

    /// <summary>The legs that the call has are in a conference.</summary>
    InRoom,

    /// <summary>The party on the caller's side waits in a park slot.</summary>
    Parked,

    /// <summary>Caller and callee talk, and another device of one of them is rung to take the place of theirs.</summary>
    Switching,
}

/// <summary>A service of ours that answers a call by itself.</summary>
public enum CallService
{
    None,

    /// <summary>Answers, beeps, and plays back what it hears.</summary>
    EchoTest,

    /// <summary>Answers, turns do-not-disturb the other way round, confirms by a tone and hangs up.</summary>
    ToggleDoNotDisturb,

    /// <summary>Answers, parks whom the caller holds in another call, says where, and hangs up.</summary>
    ParkHeld,
}

/// <summary>The timers that a call may have running.</summary>
[Flags]
public enum CallTimers
{
    None = 0,

    /// <summary>How long devices ring.</summary>
    Ring = 1,

    /// <summary>Periodic: asks the edges whether they still hold the legs.</summary>
    Sweep = 2,

    /// <summary>A sound of ours should have ended by now.</summary>
    Playback = 4,

    /// <summary>How long a parked party waits.</summary>
    Park = 8,

    /// <summary>How long somebody is left on hold.</summary>
    Hold = 16,
}

/// <summary>The state of one call, as its machine steps it and the journal keeps it (as JSON, <see cref="SchemaVersion"/>).</summary>
public sealed record CallState
{
    public const int SchemaVersion = 2;

    public required string CallKey { get; init; }

    public required string Tenant { get; init; }

    /// <summary>Grows with each change that users can see.</summary>
    public required long Version { get; init; }

    public required CallStage Stage { get; init; }

    /// <summary>How often the call was read back from the journal: what an older activation still writes down is out of date.</summary>
    public int Epoch { get; init; }

    /// <summary>What the caller dialled.</summary>
    public required string Dialled { get; init; }

    /// <summary>Whose the caller's side is; empty when it is somebody's outside (<see cref="Outsider"/>).</summary>
    public required string CallerExtension { get; init; }

    /// <summary>What the one on the caller's side brought to this call when they came from another; null when the call began with them.</summary>
    public HistoryEntry? CallerLine { get; init; }

    /// <summary>The caller's own device, which a call to oneself does not ring.</summary>
    public required string CallerDevice { get; init; }

    /// <summary>The number that the caller asked to be shown as.</summary>
    public string? CallerId { get; init; }

    /// <summary>Who calls, as the callee sees it.</summary>
    public required Party Caller { get; init; }

    /// <summary>What the caller offered, best first.</summary>
    public required ImmutableArray<MediaCodec> CallerCodecs { get; init; }

    public required CallLeg CallerLeg { get; init; }

    /// <summary>The service that was dialled, if it was one.</summary>
    public CallService Service { get; init; }

    /// <summary>What a call to <see cref="CallService.ToggleDoNotDisturb"/> sets, decided once so that doing it again changes nothing.</summary>
    public bool SetsDoNotDisturb { get; init; }

    /// <summary>The slot that a call to <see cref="CallService.ParkHeld"/> says; null until it is known, and when nobody was parked.</summary>
    public string? Said { get; init; }

    /// <summary>The room, slot or other call that was dialled, if it was one.</summary>
    public CallPlace? Place { get; init; }

    /// <summary>The call to which the caller goes who has dialled a slot or a pickup, and the leg there whose place they take.</summary>
    public Consultation? Wanted { get; init; }

    /// <summary>The call of the caller's own that they come into by this one, and their leg there.</summary>
    public Consultation? Joins { get; init; }

    /// <summary>Who is on the way to a place.</summary>
    public CallErrand? Errand { get; init; }

    /// <summary>The conference that the call is in, or was in when it ended.</summary>
    public RoomTicket? Room { get; init; }

    /// <summary>The conference that calls somebody in, until they answer: there is no leg on the caller's side. Null for any other call.</summary>
    public RoomTicket? Invitation { get; init; }

    /// <summary>Where the party on the caller's side is parked.</summary>
    public CallParking? Slot { get; init; }

    /// <summary>When the one who parked the party is rung.</summary>
    public DateTimeOffset? ParkUntil { get; init; }

    /// <summary>The number that the caller is shown as to a callee outside; null for the one that all others see.</summary>
    public string? ShownAs { get; init; }

    /// <summary>The user who was dialled; empty for a number outside, null for what is nobody's.</summary>
    public string? CalleeExtension { get; init; }

    /// <summary>The callee was told of the call: from now on it is theirs too.</summary>
    public bool CalleeAsked { get; init; }

    /// <summary>The same as <see cref="CallerLine"/> of the other side.</summary>
    public HistoryEntry? CalleeLine { get; init; }

    /// <summary>Who was called, as the caller sees it.</summary>
    public required Party Callee { get; init; }

    /// <summary>A leg for each of the callee's devices.</summary>
    public ImmutableArray<CallLeg> Forks { get; init; } = [];

    /// <summary>Further flows to phones that ring, for when the flow that is used fails (RFC 5626 §5.3).</summary>
    public ImmutableArray<Binding> Spares { get; init; } = [];

    /// <summary>Devices that came while the callee was asked, so that their answer may not know them.</summary>
    public ImmutableArray<Binding> Joined { get; init; } = [];

    /// <summary>The fork that answered.</summary>
    public LegId? AnsweredBy { get; init; }

    /// <summary>Legs that have no part in the call any more; those that were given up are kept until their edges have ended them.</summary>
    public ImmutableArray<CallLeg> Former { get; init; } = [];

    /// <summary>Entries of users who left the call while it went on.</summary>
    public ImmutableArray<HistoryEntry> Left { get; init; } = [];

    /// <summary>The transfer under way: the caller's side waits for its target.</summary>
    public CallTransfer? Transfer { get; init; }

    /// <summary>The party that is on the way to another call.</summary>
    public CallGiving? Giving { get; init; }

    /// <summary>The user who goes on with another device.</summary>
    public CallSwitch? Switch { get; init; }

    /// <summary>Who left the other side on hold.</summary>
    public CallHold? Hold { get; init; }

    /// <summary>When the one who holds is rung.</summary>
    public DateTimeOffset? HoldUntil { get; init; }

    /// <summary>The callee's device is to answer at once.</summary>
    public bool Intercom { get; init; }

    /// <summary>The callee's devices that answer by themselves.</summary>
    public ImmutableArray<AutoAnswer> AutoAnswer { get; init; } = [];

    /// <summary>The recordings of those who are in the call, see <see cref="CallRecordings"/>.</summary>
    public ImmutableArray<PartyRecording> Recordings { get; init; } = [];

    /// <summary>How many legs this call has made.</summary>
    public int LegsMade { get; init; }

    public CallTimers Timers { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the ringing stops.</summary>
    public DateTimeOffset? RingUntil { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public CallEnd End { get; init; }

    /// <summary>The leg of the callee's device that answered.</summary>
    [JsonIgnore]
    public CallLeg? Answerer => AnsweredBy is { } leg ? FindLeg(leg) : null;

    /// <summary>The part of the key after the tenant, unique on its own.</summary>
    [JsonIgnore]
    public string CallId => CallKey[(CallKey.IndexOf('/', StringComparison.Ordinal) + 1)..];

    public CallLeg? FindLeg(LegId leg)
    {
        if (CallerLeg.Id == leg) return CallerLeg;
        foreach (var fork in Forks)
        {
            if (fork.Id == leg) return fork;
        }

        foreach (var former in Former)
        {
            if (former.Id == leg) return former;
        }

        return Transfer?.By is { } by && by.Id == leg ? by : null;
    }

    public bool Owns(LegId leg) => FindLeg(leg) is { IsOwned: true };

    /// <summary>Whose device a leg is, by its place in the call; null for one that has no part in it any more.</summary>
    public string? UserOf(LegId leg)
    {
        if (leg == CallerLeg.Id) return CallerExtension;
        if (leg == Transfer?.By?.Id) return Transfer.Extension;
        foreach (var fork in Forks)
        {
            if (fork.Id == leg) return CalleeExtension;
        }

        return null;
    }

    /// <summary>Every leg that the call has or had.</summary>
    public IEnumerable<CallLeg> Legs()
    {
        yield return CallerLeg;
        foreach (var fork in Forks) yield return fork;
        foreach (var former in Former) yield return former;
        if (Transfer?.By is { } by) yield return by;
    }

    /// <summary>The same with each leg changed by <paramref name="change"/>.</summary>
    public CallState WithLegs(Func<CallLeg, CallLeg> change)
    {
        var caller = change(CallerLeg);
        var forks = Changed(Forks, change);
        var former = Changed(Former, change);
        var by = Transfer?.By is { } transferor ? change(transferor) : null;
        return ReferenceEquals(caller, CallerLeg) && forks == Forks && former == Former && ReferenceEquals(by, Transfer?.By)
            ? this
            : this with { CallerLeg = caller, Forks = forks, Former = former, Transfer = Transfer is null ? null : Transfer with { By = by } };
    }

    public CallState WithLeg(LegId leg, Func<CallLeg, CallLeg> change) => WithLegs(l => l.Id == leg ? change(l) : l);

    private static ImmutableArray<CallLeg> Changed(ImmutableArray<CallLeg> legs, Func<CallLeg, CallLeg> change)
    {
        var changed = legs;
        for (var i = 0; i < changed.Length; i++)
        {
            var leg = change(changed[i]);
            if (!ReferenceEquals(leg, changed[i])) changed = changed.SetItem(i, leg);
        }

        return changed;
    }
}

/// <summary>A blind transfer, or an attended one that was completed while its target rang.</summary>
/// <param name="RequestId">Of the edge that asked.</param>
/// <param name="By">The leg of the one who transferred, who gets the party back if nothing comes of it; null once that leg was in another call's hands.</param>
/// <param name="Extension">The one who transferred, who is rung again when their leg is gone and the target does not answer.</param>
/// <param name="Party">The same, as others see them.</param>
/// <param name="Line">Their entry of the history; null once it is closed.</param>
/// <param name="Recalls">The one who transferred is being rung again: it is not done twice.</param>
/// <param name="BackFrom">The target that did not take the party, once the one who transferred is rung again.</param>
public sealed record CallTransfer(string RequestId, CallLeg? By, string Extension, Party Party, HistoryEntry? Line, bool Recalls, Party? BackFrom = null);

/// <summary>An attended transfer as the call sees it that gives a party away.</summary>
/// <param name="RequestId">Of the edge that asked.</param>
/// <param name="Leg">The party's leg.</param>
/// <param name="By">The leg of the one who transfers; null when the party goes by itself.</param>
/// <param name="To">The key of the call that is to take the party.</param>
/// <param name="Replaces">The leg there whose place they take; null when they answer.</param>
/// <param name="Heard">What was reported of the party's leg meanwhile: for whoever has it in the end.</param>
public sealed record CallGiving(string RequestId, LegId Leg, LegId? By, string To, LegId? Replaces, ImmutableArray<LegEvent> Heard)
{
    /// <summary>Reports that are kept; a leg that reports more is in a loop.</summary>
    public const int MaxHeard = 16;
}

/// <summary>Somebody in the call goes on with another of their devices.</summary>
/// <param name="RequestId">Of the edge that asked.</param>
/// <param name="By">The leg that they have.</param>
/// <param name="Device">The device that they want; null when all of theirs ring.</param>
/// <param name="To">The legs that ring there; none until the devices were found.</param>
public sealed record CallSwitch(string RequestId, LegId By, string? Device, ImmutableArray<LegId> To);

/// <summary>Somebody left the other side on hold.</summary>
/// <param name="By">The leg that holds.</param>
/// <param name="Time">How long until their devices ring, each time.</param>
/// <param name="Escalation">Who is rung instead when they did not take the call back; null when nobody.</param>
/// <param name="Recalls">How often they were rung.</param>
public sealed record CallHold(LegId By, TimeSpan Time, string? Escalation, int Recalls);

/// <summary>Somebody sends a party to a room or a slot, or makes a conference of the call.</summary>
/// <param name="RequestId">Of the edge that asked.</param>
/// <param name="By">The leg of the one who asked.</param>
/// <param name="Extension">The same user.</param>
/// <param name="Place">Where to.</param>
/// <param name="Legs">Who goes there.</param>
/// <param name="Other">Their other call, whose far side is to come too.</param>
/// <param name="Invitee">Who is to be called in then; null for nobody.</param>
public sealed record CallErrand(string RequestId, LegId By, string Extension, CallPlace Place, ImmutableArray<LegId> Legs, Consultation? Other, string? Invitee = null);

/// <summary>A party's slot, who parked them there and since when.</summary>
/// <param name="Time">How long until the one who parked them is rung.</param>
public sealed record CallParking(string Slot, string ByExtension, Party By, DateTimeOffset Since, TimeSpan Time);
