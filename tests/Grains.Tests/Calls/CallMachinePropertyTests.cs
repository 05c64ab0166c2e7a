using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Calls;

/// <summary>Random events in random order, most of them out of place.</summary>
public class CallMachinePropertyTests
{
    private const int Runs = 20_000;

    [Fact]
    public void Whatever_happens_nothing_throws_timers_are_accounted_for_and_every_leg_ends_once()
    {
        for (var seed = 0; seed < Runs; seed++)
        {
            try
            {
                new Run(seed).Play();
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
            }
        }
    }

    private sealed class Run(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly HashSet<CallTimers> _timers = [];
        private readonly Dictionary<LegId, int> _ends = [];
        private DateTimeOffset _now = Sample.Noon;
        private CallState _state = null!;
        private bool _retired;

        /// <summary>Somebody was transferred, so the call may go back from connected to ringing.</summary>
        private bool _moves;
        private int _guests;

        public void Play()
        {
            var destination = _random.Next(8) switch
            {
                7 => Sample.PlaceOf(PlaceKind.Slot),
                5 => Sample.PlaceOf(PlaceKind.Room),
                6 => Sample.PlaceOf(PlaceKind.Pickup, "104"),
                0 => (Destination)new Destination.EchoTest(),
                1 => new Destination.ToggleDoNotDisturb(),
                2 => new Destination.User("101"),
                _ => new Destination.User("102"),
            };
            Enter(CallMachine.Start(Sample.Key, new CallStarted(Sample.Request(), destination), _now), recovered: false);
            for (var i = _random.Next(40); i > 0; i--) Take(AnyEvent());
            Finish();
        }

        /// <summary>The world comes to rest: whoever is left hangs up, and edges answer.</summary>
        private void Finish()
        {
            Take(new HangUpRequested(CallEnd.ServerStopped));
            foreach (var leg in _state.Legs().ToArray()) Take(new LegReleased(leg.Id));
            Assert.Equal(CallStage.Ended, _state.Stage);
            Assert.True(_retired);
            Assert.Empty(_timers);
            Assert.All(_state.Legs(), leg => Assert.NotEqual(CallEnd.None, leg.End));
            Assert.Equal(_state.Legs().Count(), _state.Legs().Select(leg => leg.Id).Distinct().Count());
            Assert.All(CallHistory.EntriesOf(_state), entry => Assert.True(entry.EndedAt >= entry.StartedAt && entry.End != CallEnd.None));
            Assert.Equal(CallHistory.EntriesOf(_state).Length, CallHistory.EntriesOf(_state).Select(entry => (entry.CallKey, entry.Extension)).Distinct().Count());
        }

        private void Take(CallEvent input)
        {
            _now += TimeSpan.FromMilliseconds(_random.Next(3000));
            if (input is TimerFired { Timer: var timer } && timer != CallTimers.Sweep) _timers.Remove(timer);
            var before = _state;
            var step = CallMachine.Step(_state, input, _now);
            Enter(step, input is Recovered);
            Assert.True(_state.Version >= before.Version);
            Assert.True(_moves || CallViews.Of(before).Phase <= CallViews.Of(_state).Phase, "a call went back");
            foreach (var leg in before.Legs()) Assert.True(_state.FindLeg(leg.Id) is not null, $"{leg.Id} is forgotten");
            foreach (var leg in before.Legs().Where(leg => leg.Stage == LegStage.Ended)) Assert.Equal(leg, _state.FindLeg(leg.Id));
            if (!_moves && before.AnsweredBy is not null) Assert.Equal(before.AnsweredBy, _state.AnsweredBy);
            foreach (var entry in CallHistory.EntriesOf(before).Where(entry => entry.EndedAt is null))
            {
                var taken = _state.Legs().Any(leg => leg.Stage == LegStage.Moved);
                Assert.True(taken || CallHistory.EntriesOf(_state).Any(other => (other.CallKey, other.Extension) == (entry.CallKey, entry.Extension)), $"{entry} is forgotten");
            }

            Assert.True(_state.CallerLeg.IsOwned || _state.EndedAt is not null || _state.Stage is CallStage.Giving or CallStage.Moving, "a call without the one on the caller's side");
        }

        private void Enter(CallStep step, bool recovered)
        {
            Assert.False(_retired && step.Effects.Any(effect => effect is not (LeaveRoom or FreeSlot)), "effects after the end");
            _state = step.State;
            if (recovered) _timers.Clear();
            foreach (var effect in step.Effects)
            {
                switch (effect)
                {
                    case StartTimer start:
                        _timers.Add(start.Timer);
                        break;
                    case StopTimer stop:
                        Assert.True(_timers.Remove(stop.Timer), $"{stop.Timer} did not run");
                        break;
                    case EndLeg end:
                        if (!recovered) _ends[end.Leg] = _ends.GetValueOrDefault(end.Leg) + 1;
                        break;
                    case Retire:
                        _retired = true;
                        break;
                }
            }

            Assert.Equal(_state.Timers, _timers.Aggregate(CallTimers.None, (all, timer) => all | timer));
            Assert.All(_ends, ended => Assert.Equal(1, ended.Value));
            Assert.All(_ends.Keys, leg => Assert.False(_state.Owns(leg)));
            Assert.True(_state.Legs().Count(leg => leg.Stage == LegStage.Answered) <= 2);
            if (_state.Stage is CallStage.Connected) Assert.True(_state.CallerLeg.IsOwned && _state.Answerer!.IsOwned);
            if (_state.Stage == CallStage.Ringing) Assert.Contains(_state.Forks, fork => fork.IsOwned);
            var rung = _state.Forks.Where(fork => fork is { IsOwned: true, Device.Instance.Length: > 0 }).Select(fork => fork.Device!.Instance).ToArray();
            Assert.Equal(rung.Length, rung.Distinct().Count());
            if (_state.Stage is CallStage.Ringing or CallStage.Connected or CallStage.InService) Assert.Contains(CallTimers.Sweep, _timers);
        }

        private CallEvent AnyEvent()
        {
            if (_random.Next(12) == 0) return AnyMove();
            var legs = _state.Legs().ToArray();
            var leg = legs[_random.Next(legs.Length)].Id;
            var timers = _timers.ToArray();
            return _random.Next(23) switch
            {
                0 => _random.Next(2) == 0
                    ? new CallStarted(Sample.Request(), new Destination.User("102"))
                    : new DeviceJoined($"{101 + _random.Next(3)}", Sample.Device($"d{_random.Next(20)}", $"n{_random.Next(3)}")),
                1 or 2 => new CallerDecided(_random.Next(8) == 0 ? Sample.Allowed with { Refusal = CallEnd.Forbidden } : Sample.Allowed),
                3 or 4 => new CalleeDecided(AnyPlan()),
                5 => new LegReported(new LegRinging(leg)),
                6 or 7 => new LegReported(new LegAnswered(leg, Sample.EndpointA, Sample.Pcmu)),
                8 => new LegReported(new LegEnded(leg, AnyEnd())),
                9 or 10 => new LegReported(new LegHeld(leg)),
                11 or 12 => new LegReported(new LegResumed(leg)),
                13 => new LegReported(new LegDigit(leg, '1')),
                14 => new LegReported(new LegPlaybackFinished(leg)),
                15 => new DeviceUnreachable(leg),
                16 => new CallerAnswered(),
                17 => _random.Next(2) == 0 ? new LegReported(new LegAlive(leg)) : new DoNotDisturbSet(_random.Next(3) == 0 ? null : true),
                // Only what was given up can be reported as released.
                18 => legs.FirstOrDefault(other => other.Stage == LegStage.Ending) is { } given ? new LegReleased(given.Id) : new LegsMissing([leg]),
                19 => _random.Next(4) == 0 ? new NodeLost($"n{_random.Next(3)}") : new LegsMissing([]),
                21 => _random.Next(4) == 0 ? new MediaRefused() : new CallerAnswered(),
                20 => timers.Length > 0 ? new TimerFired(timers[_random.Next(timers.Length)]) : new Recovered(),
                _ => _random.Next(5) == 0 ? new HangUpRequested(AnyEnd()) : new Recovered(),
            };
        }

        private CallEvent AnyMove()
        {
            _moves = true;
            var legs = _state.Legs().ToArray();
            var leg = legs[_random.Next(legs.Length)].Id;
            return _random.Next(25) switch
            {
                0 or 1 => new TransferAsked(Sample.Transfer(leg) with { RequestId = $"t{_random.Next(3)}" }, _random.Next(5) == 0
                    ? new Destination.Unknown()
                    : new Destination.User($"{101 + _random.Next(4)}")),
                2 => new TransferAsked(Sample.Attended(leg), new Destination.Unknown()),
                3 => new PartyAnswered("t1", _random.Next(2) == 0 ? CallEnd.None : CallEnd.NotFound),
                4 => new TransferAsked(Sample.Transfer(leg) with { RequestId = $"t{_random.Next(3)}" }, Sample.PlaceOf(_random.Next(2) == 0 ? PlaceKind.Room : PlaceKind.Slot)),
                5 => new TransferAsked(Sample.Merge(leg, _random.Next(2) == 0 ? null : new Consultation("acme/c2", new LegId("C2"))), new Destination.Unknown()),
                6 or 7 or 8 => AnyAnswerOfARoom(),
                9 => new RoomMovedTo(Sample.Ticket with { Mix = $"m{_random.Next(3)}" }),
                10 => new LegDismissed(leg, CallEnd.Removed),
                11 or 12 => new SlotAnswered(_state.Errand?.RequestId ?? "", _random.Next(4) == 0 ? CallEnd.SlotTaken : CallEnd.None, "701", TimeSpan.FromSeconds(120)),
                13 => new PartyFound(_random.Next(4) == 0 ? null : "acme/c2"),
                14 => new TransferNotAsked("t1", leg),
                15 => new PartyOffered(new AdoptRequest($"t{_random.Next(9)}", Guest(), null)),
                24 => new HeldParked(_random.Next(2) == 0 ? null : "701"),
                22 or 23 => new HoldTimed(leg, TimeSpan.FromSeconds(_random.Next(3) * 30), _random.Next(2) == 0 ? null : "105"),
                18 => new TransferAsked(Sample.Switch(leg) with { RequestId = $"t{_random.Next(3)}" }, new Destination.Unknown()),
                19 or 20 => new DevicesFound(_state.Switch?.RequestId ?? "t1", [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Sample.Device($"d{_random.Next(20)}", $"n{_random.Next(3)}"))]),
                21 => new PartyOffered(new AdoptRequest($"t{_random.Next(9)}", Guest() with { Extension = _state.CallerExtension, History = Sample.CallerElsewhere.History }, leg)),
                _ => new PartyOffered(new AdoptRequest($"t{_random.Next(9)}", Guest(), leg)),
            };
        }

        private RoomAnswered AnyAnswerOfARoom() => _random.Next(4) == 0
            ? new RoomAnswered(_state.Errand?.RequestId ?? "", CallEnd.RoomFull, null, [])
            : new RoomAnswered(_state.Errand?.RequestId ?? _state.CallId, CallEnd.None, Sample.Ticket, [.. _state.Legs().Select(leg => leg.Id)]);

        private HandedParty Guest()
        {
            var guest = new LegId($"S{++_guests}");
            return Sample.Stranger with { Leg = guest, History = Sample.Stranger.History with { CallKey = $"acme/s{_guests}" } };
        }

        private RingPlan AnyPlan() => _random.Next(8) == 0
            ? Sample.Plan with { Refusal = CallEnd.DoNotDisturb, Devices = [] }
            : Sample.Plan with { Devices = [.. Enumerable.Range(0, _random.Next(UserLimits.Devices + 1)).Select(i => Sample.Device($"d{i}", $"n{_random.Next(3)}") with { Instance = _random.Next(2) == 0 ? "" : $"p{_random.Next(3)}" })] };

        private CallEnd AnyEnd() => (CallEnd)_random.Next(1, Enum.GetValues<CallEnd>().Length);
    }
}
