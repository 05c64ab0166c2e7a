using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Webphone.Grains.Media;

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

    /// <summary>The caller alone talks with a service of ours, such as the echo test.</summary>
    InService,

    /// <summary>The call is over for its users; edges are being told to end the legs that are left.</summary>
    Ending,

    /// <summary>Nothing is left to do.</summary>
    Ended,
}

/// <summary>A service of ours that answers a call by itself.</summary>
public enum CallService
{
    None,

    /// <summary>Answers, beeps, and plays back what it hears.</summary>
    EchoTest,

    /// <summary>Answers, turns do-not-disturb the other way round, confirms by a tone and hangs up.</summary>
    ToggleDoNotDisturb,
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
}

/// <summary>The state of one call, as its machine steps it and the journal keeps it (as JSON, <see cref="SchemaVersion"/>).</summary>
public sealed record CallState
{
    public const int SchemaVersion = 1;

    public required string CallKey { get; init; }

    public required string Tenant { get; init; }

    /// <summary>Grows with each change that users can see.</summary>
    public required long Version { get; init; }

    public required CallStage Stage { get; init; }

    /// <summary>How often the call was read back from the journal: what an older activation still writes down is out of date.</summary>
    public int Epoch { get; init; }

    /// <summary>What the caller dialled.</summary>
    public required string Dialled { get; init; }

    public required string CallerExtension { get; init; }

    /// <summary>The caller's own device, which a call to oneself does not ring.</summary>
    public required string CallerDevice { get; init; }

    /// <summary>Who calls, as the callee sees it.</summary>
    public required Party Caller { get; init; }

    /// <summary>What the caller offered, best first.</summary>
    public required ImmutableArray<MediaCodec> CallerCodecs { get; init; }

    public required CallLeg CallerLeg { get; init; }

    /// <summary>The service that was dialled, if it was one.</summary>
    public CallService Service { get; init; }

    /// <summary>What a call to <see cref="CallService.ToggleDoNotDisturb"/> sets, decided once so that doing it again changes nothing.</summary>
    public bool SetsDoNotDisturb { get; init; }

    /// <summary>The user who was dialled, if it was one.</summary>
    public string? CalleeExtension { get; init; }

    /// <summary>The callee was told of the call: from now on it is theirs too.</summary>
    public bool CalleeAsked { get; init; }

    /// <summary>Who was called, as the caller sees it.</summary>
    public required Party Callee { get; init; }

    /// <summary>A leg for each of the callee's devices.</summary>
    public ImmutableArray<CallLeg> Forks { get; init; } = [];

    /// <summary>The fork that answered.</summary>
    public LegId? AnsweredBy { get; init; }

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

        return null;
    }

    public bool Owns(LegId leg) => FindLeg(leg) is { IsOwned: true };

    /// <summary>The caller's leg and all forks.</summary>
    public IEnumerable<CallLeg> Legs() => Forks.Prepend(CallerLeg);

    /// <summary>The same with each leg changed by <paramref name="change"/>.</summary>
    public CallState WithLegs(Func<CallLeg, CallLeg> change)
    {
        var forks = Forks;
        for (var i = 0; i < forks.Length; i++)
        {
            var fork = change(forks[i]);
            if (!ReferenceEquals(fork, forks[i])) forks = forks.SetItem(i, fork);
        }

        var caller = change(CallerLeg);
        return ReferenceEquals(caller, CallerLeg) && forks == Forks ? this : this with { CallerLeg = caller, Forks = forks };
    }

    public CallState WithLeg(LegId leg, Func<CallLeg, CallLeg> change) => WithLegs(l => l.Id == leg ? change(l) : l);
}
