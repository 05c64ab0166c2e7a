using Orleans.Simulation;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Presence;
using Webphone.Grains.Recordings;
using Webphone.Grains.Rooms;
using Webphone.Grains.Slots;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>The invariants of the design, asked after every step, when nothing runs, and when the world has come to rest.</summary>
internal sealed class SimChecks(SimWorld world)
{
    private static readonly TimeSpan RingTime = TimeSpan.FromSeconds(30);

    /// <summary>Of a leg that rings while its call, its edge or the news between them was lost: until the next sign of life finds out.</summary>
    private static readonly TimeSpan LongestRing = RingTime + EdgeLimits.AliveEvery + EdgeLimits.AliveEvery;

    /// <summary>Of a recording that its call does not know of, or knows otherwise, since a message between them was lost, or its grain: until the call's next look.</summary>
    private static readonly TimeSpan LongestUnwanted = TimeSpan.FromSeconds(75);

    private readonly Dictionary<EndpointId, DateTimeOffset> _differsSince = [];
    private DateTimeOffset _lookedAt;

    /// <summary>What was thrown where nobody waits.</summary>
    public Exception? Broken { get; set; }

    public void AfterStep(SimulatedStep step)
    {
        if (Broken is { } error) throw error;
        foreach (var key in world.Journal.Touched) CheckOwnership(key);
        world.Journal.Touched.Clear();
        world.Demand(world.Media.Misjoined is null, $"{world.Media.Misjoined} was joined with an end that is open towards another");
        if (step.Kind != StepKind.Timer || world.Now == _lookedAt) return;
        _lookedAt = world.Now;
        foreach (var leg in world.LiveLegs) CheckPatience(leg);
        CheckRecordings();
    }

    /// <summary>All calls are over, and everything tells so.</summary>
    public async Task AtRest()
    {
        foreach (var leg in world.LiveLegs) world.Demand(false, $"leg {leg.Id} of {leg.CallKey} is left over, {leg.State} since {leg.Since}");
        foreach (var record in world.Journal.LiveCalls) world.Demand(record.State.EndedAt is not null, $"call {record.CallKey} is left over in {record.State.Stage}");
        world.Demand(world.Media.Count == 0, "media endpoints are left over");
        foreach (var key in SimWorld.UserKeys)
        {
            var user = await world.UserOf(key).GetView();
            world.Demand(user.Calls.IsEmpty, $"user {key} still has a call");
            world.Demand(user.Presence.State <= PresenceState.DoNotDisturb && user.Presence.Calls == 0, $"user {key} still shows {user.Presence}");
            var lamp = await world.Cluster.Grains.GetGrain<IPresenceGrain>(key).Get();
            world.Demand(lamp with { Version = 0 } == user.Presence with { Version = 0 }, $"presence of {key} is {lamp} and should be {user.Presence}");
            var shown = world.Watcher.Lamps[key];
            world.Demand(shown with { Version = 0 } == lamp with { Version = 0 }, $"the lamp of {key} shows {shown} and should show {lamp}");
        }

        var rooms = await world.Cluster.Grains.GetGrain<ITenantRoomsGrain>("acme").GetRooms();
        world.Demand(rooms.IsEmpty, $"room {rooms.FirstOrDefault()?.Number} is still on");
        var slots = await world.Cluster.Grains.GetGrain<ITenantSlotsGrain>("acme").GetView();
        world.Demand(slots.Slots.All(slot => slot.Parked is null), "somebody is still parked");
        world.Demand(!world.Media.Mixes(world.Now).Any(), $"mix {world.Media.Mixes(world.Now).FirstOrDefault()} is left over");
        foreach (var call in world.Calls) CheckHistory(call);
        CheckRecorded();
    }

    /// <summary>What is recorded is what the calls say: at once where nothing is lost, and soon where something is. So a recording ends with its call, whatever dies.</summary>
    private void CheckRecordings()
    {
        var legs = world.LiveLegs.ToDictionary(leg => leg.Endpoint);
        foreach (var endpoint in world.Recorder.On.Keys) world.Demand(legs.ContainsKey(endpoint), $"{endpoint} is recorded and has no leg");
        foreach (var endpoint in _differsSince.Keys.Where(endpoint => !legs.ContainsKey(endpoint)).ToArray()) _differsSince.Remove(endpoint);
        foreach (var (endpoint, leg) in legs)
        {
            var recorded = world.Recorder.On.GetValueOrDefault(endpoint);
            var wanted = WantedOf(leg);
            if (wanted == recorded)
            {
                _differsSince.Remove(endpoint);
                continue;
            }

            var since = _differsSince.TryGetValue(endpoint, out var known) ? known : _differsSince[endpoint] = world.Now;
            world.Demand(!world.Faults.AreNone && world.Now - since <= LongestUnwanted, $"{leg.Id} of {leg.CallKey} is recorded as {recorded} and should be as {wanted} since {since}");
        }
    }

    private SimRecorder.SimRecording? WantedOf(SimLeg leg)
    {
        if (world.Journal.Find(leg.CallKey) is not { } call || CallRecordings.Find(call, leg.Id) is not { } recording) return null;
        return recording.Phase is RecordingPhase.Starting or RecordingPhase.On or RecordingPhase.Paused ? new(recording.Id, recording.Phase == RecordingPhase.Paused) : null;
    }

    /// <summary>Each recording has an end, and an entry of its user's history to which it belongs.</summary>
    private void CheckRecorded()
    {
        world.Demand(world.Recorder.On.Count == 0, "somebody is still recorded");
        if (!world.Faults.AreMild) return;
        foreach (var order in world.Recorder.Begun)
            world.Demand(world.Journal.EntriesOf(order.CallKey).Any(entry => entry.Extension == order.Extension), $"{order} has no entry in the history");
    }

    /// <summary>Invariant 1: a leg has one owner until it ended, and does not come back. It ends once by <see cref="SimLeg"/>.</summary>
    private void CheckOwnership(string callKey)
    {
        if (world.Journal.Find(callKey) is not { } state) return;
        if (state.Errand is not null || state.Slot is not null || state.Switch is not null) world.Touch(callKey);
        var answered = state.Legs().Count(leg => leg.Stage == LegStage.Answered);
        world.Demand(state.Stage is not (CallStage.Connected or CallStage.Switching) || answered == 2, $"{callKey} is connected with {answered} legs");
        world.Demand(state.Stage != CallStage.Ringing || state.Forks.Any(fork => fork.IsOwned), $"{callKey} rings nobody");
        world.Demand(state.EndedAt is null || !state.Legs().Any(leg => leg.IsOwned), $"{callKey} is over and owns legs");
        world.Demand(state.EndedAt is not null || state.Stage is CallStage.Giving or CallStage.Moving || state.Owns(state.CallerLeg.Id) != (state.Invitation is not null), $"{callKey} goes on without its caller");
        world.Demand(
            state.Stage is not (CallStage.Ringing or CallStage.Connected or CallStage.Switching or CallStage.InService or CallStage.InRoom or CallStage.Parked) || state.Timers.HasFlag(CallTimers.Sweep),
            $"{callKey} is not swept");
    }

    /// <summary>Invariant 3: nothing rings or waits for ever; and where nothing is lost, media is what the calls say whenever nothing runs.</summary>
    private void CheckPatience(SimLeg leg)
    {
        var waits = leg.State is SimLegState.Waiting or SimLegState.Ringing;
        // The outside rings for longer.
        var longer = world.Journal.Find(leg.CallKey) is { CalleeExtension: Outsider.Extension } ? Outsider.RingTime - RingTime : TimeSpan.Zero;
        var limit = world.Faults.AreMild ? RingTime + TimeSpan.FromSeconds(1) : LongestRing;
        world.Demand(!waits || world.Now - leg.Since <= limit + longer, $"leg {leg.Id} is {leg.State} for {world.Now - leg.Since}");
        if (!world.Faults.AreNone) return;

        var call = world.Journal.Find(leg.CallKey);
        world.Demand(call is not null && call.Owns(leg.Id), $"leg {leg.Id} of {leg.CallKey} has no owner");
        CheckMedia(leg, call!);
        CheckLamp(leg);
    }

    private void CheckMedia(SimLeg leg, CallState call)
    {
        var hears = world.Media.Of(leg.Endpoint)!;
        if (call.Stage is CallStage.Ringing or CallStage.AskingCallee) world.Demand(hears == Waiting(leg, call), $"{leg.Id} hears {hears} and should hear {Waiting(leg, call)} while {call.CallKey} is {call.Stage}");
        if (call is { Stage: CallStage.InRoom, AnsweredAt: not null })
        {
            var inRoom = leg.Holding ? new SimMedia.Hears() : new SimMedia.Hears(Mix: $"{call.Room!.Mix} on {call.Room.Node}");
            world.Demand(hears == inRoom, $"{leg.Id} hears {hears} and should hear {inRoom} in room {call.Room!.Number}");
        }

        if (call.Stage == CallStage.Parked) world.Demand(hears == new SimMedia.Hears(Source: MediaSource.HoldMusic("acme")), $"{leg.Id} hears {hears} and is parked");
        if (call.Stage is not (CallStage.Connected or CallStage.Switching)) return;
        if (leg.Id != call.CallerLeg.Id && leg.Id != call.AnsweredBy)
        {
            world.Demand(hears == new SimMedia.Hears(), $"{leg.Id} hears {hears} and only rings");
            return;
        }

        var (self, other) = leg.Id == call.CallerLeg.Id ? (call.CallerLeg, call.Answerer!) : (call.Answerer!, call.CallerLeg);
        world.Demand(self.Holding == leg.Holding, $"{leg.Id} holds: {leg.Holding}, and its call does not know");
        var expected = (self.Holding, other.Holding) switch
        {
            (false, false) => new SimMedia.Hears(other.Endpoint),
            (false, true) => new SimMedia.Hears(Source: MediaSource.HoldMusic("acme")),
            _ => new SimMedia.Hears(),
        };
        world.Demand(hears == expected, $"{leg.Id} hears {hears} and should hear {expected}");
    }

    /// <summary>Who was transferred hears music, then the ringing; all others have nothing from us.</summary>
    private static SimMedia.Hears Waiting(SimLeg leg, CallState call) =>
        leg.Id != call.CallerLeg.Id || call.CallerLeg.Stage != LegStage.Answered ? new SimMedia.Hears()
        : call.Forks.Any(fork => fork.Rang) ? new SimMedia.Hears(Source: MediaSource.OfTone(ProgressTone.Ringback))
        : new SimMedia.Hears(Source: MediaSource.HoldMusic("acme"));

    private void CheckLamp(SimLeg leg)
    {
        if (!world.Watcher.Lamps.TryGetValue(UserKey.Of("acme", leg.Extension), out var lamp)) return;
        world.Demand(lamp.State >= PresenceState.Held, $"{leg.Extension} has leg {leg.Id} ({leg.State}) and the lamp shows {lamp}");
    }

    /// <summary>Invariant 2: once for each user, with the right direction, result and duration.</summary>
    private void CheckHistory(SimCall call)
    {
        var entries = world.Journal.EntriesOf(call.Key).ToArray();
        var mayBeMissing = !world.Faults.AreMild;
        if (entries.Length == 0 && mayBeMissing) return;
        if (call.Moved)
        {
            world.Demand(entries.Select(entry => entry.Extension).Distinct().Count() == entries.Length, $"{call.Key} is twice in somebody's history");
            foreach (var entry in entries) CheckClosed(entry, $"{call.Key} is {entry} in the history, ");
            return;
        }

        var caller = entries.SingleOrDefault(entry => entry.Direction == CallDirection.Outbound);
        var isOutside = Outsider.Is(call.Extension);
        world.Demand(caller is null == isOutside, $"{call.Key} of {call.Extension} to {call.Destination} is not in their history, and ended with {call.Caller.End} {call.Caller.OverAt}, by us: {call.Caller.ByUs}");
        world.Demand(isOutside || caller!.Extension == call.Extension, $"{call.Key} is {caller?.Extension}'s in the history");
        world.Demand(entries.Length <= 2 && entries.Select(entry => entry.Extension).Distinct().Count() == entries.Length, $"{call.Key} has {entries.Length} entries");
        foreach (var entry in entries) CheckEntry(call, entry);

        var callee = (call.Destination as Destination.User)?.Extension;
        var inbound = entries.SingleOrDefault(entry => entry.Direction == CallDirection.Inbound);
        if (inbound is not null) world.Demand(inbound.Extension == callee && callee != call.Extension, $"{call.Key} came in to {inbound.Extension}");
        else world.Demand(callee is null || callee == call.Extension || mayBeMissing || call.HungUp || (caller?.End ?? call.Caller.End) is CallEnd.Cancelled or CallEnd.Overloaded, $"{call.Key} is not in the history of {callee}");
    }

    /// <summary>A node that holds one of the call's legs, or was asked to, died while the call was on. One who picked it up brought a leg of another call.</summary>
    private bool WasTouched(SimCall call, DateTimeOffset until) =>
        call.Legs.Prepend(call.Caller).Select(leg => leg.Node.Name)
            .Concat(world.Journal.NodesOf(call.Key))
            .Any(node => world.WasInTrouble(node, call.Caller.Since - TimeSpan.FromSeconds(1), until));

    private void CheckClosed(HistoryEntry entry, string what)
    {
        world.Demand(entry is { End: not CallEnd.None, EndedAt: not null }, what + "not closed");
        world.Demand(entry.EndedAt >= entry.StartedAt && (entry.AnsweredAt ?? entry.StartedAt) <= entry.EndedAt, what + "out of order");
        world.Demand(entry.End != CallEnd.Completed || entry.AnsweredAt is not null, what + "completed without an answer");
        world.Demand(
            entry.AnsweredAt is null || entry.End is not (CallEnd.Cancelled or CallEnd.NoAnswer or CallEnd.Busy or CallEnd.Declined or CallEnd.Unreachable),
            what + "answered and not answered");
    }

    private void CheckEntry(SimCall call, HistoryEntry entry)
    {
        var what = $"{call.Key} is {entry} in the history, ";
        CheckClosed(entry, what);
        if (world.Faults.AreDeathsOnly && !call.HungUp && entry.End is CallEnd.EdgeLost or CallEnd.Interrupted)
            world.Demand(WasTouched(call, entry.EndedAt!.Value), what + "and no node of its legs had died");
        if (!world.Faults.AreNone || call.HungUp) return;

        var ended = call.Legs.Prepend(call.Caller).Where(leg => leg.IsCaller || leg.AnsweredAt is not null && leg.End != CallEnd.AnsweredElsewhere).Min(leg => leg.OverAt);
        world.Demand(entry.EndedAt == ended, what + $"but its leg ended {ended}");
        if (call.Caller.ByUs) world.Demand(call.Caller.End == entry.End, what + $"but the caller heard {call.Caller.End}");
        // In the instant in which the caller left, the call may have ended in another way.
        else world.Demand(entry.End == call.Caller.End || entry.EndedAt == call.Caller.OverAt, what + $"but the caller left with {call.Caller.End}");
        // Or was answered in that instant, and had gone before it heard.
        if (entry.AnsweredAt == call.Caller.OverAt && call.Caller.AnsweredAt is null) return;
        world.Demand(entry.AnsweredAt is null || entry.AnsweredAt == call.Caller.AnsweredAt, what + $"but the caller was answered {call.Caller.AnsweredAt}");
        world.Demand(entry.End != CallEnd.Completed || call.Caller.AnsweredAt is not null, what + "but the caller was never answered");
    }
}
