using Webphone.Grains.Media;

namespace Webphone.Grains.Calls;

/// <summary>
/// Calls that a service of ours answers:
/// <code>
///   EchoTest            answer, beep, then the caller hears themselves until they hang up
///   ToggleDoNotDisturb  answer, set, confirm by a tone, hang up
///   ParkHeld            answer, park, say the slot (or a tone that says no), hang up
/// </code>
/// A sound has a time limit, since the report of its end may be lost: <see cref="CallTimers.Playback"/> runs as long as it plays.
/// </summary>
internal static class CallServices
{
    public static CallStep Answer(CallState state, DateTimeOffset now)
    {
        state = state with
        {
            Stage = CallStage.InService,
            Callee = new Party(state.Dialled, NameOf(state.Service)),
            Timers = CallTimers.Sweep,
        };
        return CallStep.Changed(state, now, AnswerCommand(state), new StartTimer(CallTimers.Sweep, CallMachine.SweepEvery));
    }

    public static CallStep Answered(CallState state, DateTimeOffset now)
    {
        state = state with { AnsweredAt = now, CallerLeg = state.CallerLeg with { Stage = LegStage.Answered } };
        return state.Service switch
        {
            CallService.EchoTest => Play(state, ProgressTone.Beep, now),
            CallService.ParkHeld => CallStep.Changed(state, now, new ParkHeldCall(state.CallerExtension)),
            _ => CallStep.Changed(state, now, SetCommand(state)),
        };
    }

    /// <summary>Somebody was parked, or nobody was.</summary>
    public static CallStep Say(CallState state, string? slot, DateTimeOffset now)
    {
        if (state is not { Service: CallService.ParkHeld, AnsweredAt: not null } || IsPlaying(state)) return CallStep.Ignore(state);
        state = state with { Said = slot, Timers = state.Timers | CallTimers.Playback };
        return CallStep.Changed(state, now, new PlayMedia(Caller(state), Saying(state)), new StartTimer(CallTimers.Playback, LimitOf(state)));
    }

    /// <summary>How long the call's sound may take: a number said is longer than a tone.</summary>
    public static TimeSpan LimitOf(CallState state) => state.Said is null ? CallMachine.PlaybackLimit : CallMachine.PlaybackLimit * 4;

    /// <summary>Do-not-disturb was set, or could not be.</summary>
    public static CallStep Confirm(CallState state, bool? on, DateTimeOffset now)
    {
        var waits = state is { Service: CallService.ToggleDoNotDisturb, AnsweredAt: not null } && !IsPlaying(state);
        if (!waits) return CallStep.Ignore(state);
        return on is null ? CallEnding.Finish(state, CallEnd.Failed, now) : Play(state, Confirmation(state), now);
    }

    /// <summary>The sound has ended, or its time is over.</summary>
    public static CallStep Played(CallState state, bool timeIsOver, DateTimeOffset now)
    {
        if (!IsPlaying(state)) return CallStep.Ignore(state);
        if (timeIsOver) state = state with { Timers = state.Timers & ~CallTimers.Playback };
        if (state.Service == CallService.ParkHeld) return CallEnding.Finish(state, state.Said is null ? CallEnd.Forbidden : CallEnd.Completed, now);
        if (state.Service == CallService.ToggleDoNotDisturb) return CallEnding.Finish(state, CallEnd.Completed, now);
        var echo = CallStep.To(state with { Timers = state.Timers & ~CallTimers.Playback }, Journal.It, new EchoMedia(Caller(state)));
        return timeIsOver ? echo : echo.And(new StopTimer(CallTimers.Playback));
    }

    /// <summary>The edge sees to the phone's direction; there is nobody to play music to.</summary>
    public static CallStep Hold(CallState state, bool holds, DateTimeOffset now) => state.CallerLeg.Holding == holds
        ? CallStep.Ignore(state)
        : CallStep.Changed(state with { CallerLeg = state.CallerLeg with { Holding = holds } }, now);

    /// <summary>Asks again for what the service was waiting for.</summary>
    public static CallStep Resume(CallState state, DateTimeOffset now) => CallStep.Changed(state, now, state switch
    {
        { AnsweredAt: null } => AnswerCommand(state),
        { Service: CallService.EchoTest } when IsPlaying(state) => new PlayMedia(Caller(state), MediaSource.OfTone(ProgressTone.Beep)),
        { Service: CallService.EchoTest } => new EchoMedia(Caller(state)),
        { Service: CallService.ParkHeld } when IsPlaying(state) => new PlayMedia(Caller(state), Saying(state)),
        { Service: CallService.ParkHeld } => new ParkHeldCall(state.CallerExtension),
        _ when IsPlaying(state) => new PlayMedia(Caller(state), MediaSource.OfTone(Confirmation(state))),
        _ => SetCommand(state),
    });

    private static CallStep Play(CallState state, ProgressTone tone, DateTimeOffset now) => CallStep.Changed(
        state with { Timers = state.Timers | CallTimers.Playback },
        now,
        new PlayMedia(Caller(state), MediaSource.OfTone(tone)),
        new StartTimer(CallTimers.Playback, CallMachine.PlaybackLimit));

    private static MediaSource Saying(CallState state) => state.Said is { } slot ? MediaSource.OfNumber(slot) : MediaSource.OfTone(ProgressTone.Congestion);

    private static string NameOf(CallService service) => service switch
    {
        CallService.EchoTest => "Echo test",
        CallService.ParkHeld => "Park",
        _ => "Do not disturb",
    };

    private static bool IsPlaying(CallState state) => state.Timers.HasFlag(CallTimers.Playback);

    private static ProgressTone Confirmation(CallState state) => state.SetsDoNotDisturb ? ProgressTone.ConfirmOn : ProgressTone.ConfirmOff;

    /// <summary>With the best codec that the caller offered: a service speaks them all.</summary>
    private static AnswerCaller AnswerCommand(CallState state) => new(state.CallerLeg.Id, state.CallerLeg.Node, Codec: null, state.Callee);

    private static SetDoNotDisturb SetCommand(CallState state) => new(state.CallerExtension, state.SetsDoNotDisturb);

    private static EndpointId Caller(CallState state) => state.CallerLeg.Endpoint!.Value;
}
