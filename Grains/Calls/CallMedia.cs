using System.Collections.Immutable;
using Webphone.Grains.Media;

namespace Webphone.Grains.Calls;

/// <summary>
/// Who hears what in a connected call. The holder's own phone was answered by its edge; here only the other side matters. A leg whose
/// device is out of reach counts as one that holds:
/// <code>
///   caller holds   callee holds   caller hears    callee hears
///   no             no             the callee      the caller
///   yes            no             nothing         hold music
///   no             yes            hold music      nothing
///   yes            yes            nothing         nothing
/// </code>
/// </summary>
internal static class CallMedia
{
    public static CallStep Hold(CallState state, LegId leg, bool holds, DateTimeOffset now)
    {
        if (!state.Owns(leg) || state.FindLeg(leg)!.Holding == holds) return CallStep.Ignore(state);
        state = state.WithLeg(leg, held => held with { Holding = holds });
        return CallStep.Changed(state, now, [.. Reconnect(state)]);
    }

    /// <summary>A leg's device went out of reach, or is back. Before the answer there is nobody to hear of it.</summary>
    public static CallStep Away(CallState state, LegId leg, bool away, DateTimeOffset now)
    {
        if (!state.Owns(leg) || state.FindLeg(leg)!.Away == away) return CallStep.Ignore(state);
        state = state.WithLeg(leg, lost => lost with { Away = away });
        return state.Stage == CallStage.Connected ? CallStep.Changed(state, now, [.. Reconnect(state)]) : CallStep.Changed(state, now);
    }

    public static ConnectMedia Bridge(CallState state) => new(Caller(state), Answerer(state));

    /// <summary>Commands that lead to the table's line from every other.</summary>
    public static ImmutableArray<CallEffect> Reconnect(CallState state) => (state.CallerLeg.IsSilent, state.Answerer!.IsSilent) switch
    {
        (false, false) => [Bridge(state)],
        (true, false) => [new DisconnectMedia(Caller(state)), Music(state, Answerer(state))],
        (false, true) => [new DisconnectMedia(Answerer(state)), Music(state, Caller(state))],
        (true, true) => [new DisconnectMedia(Caller(state)), new DisconnectMedia(Answerer(state))],
    };

    private static PlayMedia Music(CallState state, EndpointId endpoint) => new(endpoint, MediaSource.HoldMusic(state.Tenant));

    private static EndpointId Caller(CallState state) => state.CallerLeg.Endpoint!.Value;

    private static EndpointId Answerer(CallState state) => state.Answerer!.Endpoint!.Value;
}
