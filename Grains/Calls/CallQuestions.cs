using Microsoft.Extensions.Logging;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>
/// Asks users what a call needs to know of them. Each question is asked until it is answered or the tries are over, never throws, and comes to an event for the call. For one grain's turns.
/// </summary>
internal sealed partial class CallQuestions(IGrainFactory grains, IDirectory directory, string callKey, TimeProvider time, ILogger log)
{
    /// <summary>How often a user is asked the same in all: for as long as it may take until the loss of a silo is noticed and the user is somewhere else.</summary>
    private const int Attempts = 6;

    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    private bool _left;

    public static bool Asks(CallEffect effect) => effect is AskPlaceCall or AskReceiveCall or FindDevices or AskHoldTime or SetDoNotDisturb;

    /// <summary>The activation of the call goes: nothing is asked again.</summary>
    public void Leave() => _left = true;

    public Task<CallEvent?> Ask(CallEffect question, CallState state) => question switch
    {
        AskPlaceCall ask => PlaceCall(ask, state),
        AskReceiveCall ask => ReceiveCall(ask, state),
        FindDevices find => Devices(find, state),
        AskHoldTime ask => HoldTime(ask, state),
        SetDoNotDisturb set => Set(set, state),
        _ => throw new InvalidOperationException($"No user answers {question}."),
    };

    private Task<CallEvent?> PlaceCall(AskPlaceCall ask, CallState state) => Ask(
        state, ask.Extension,
        async user => new CallerDecided(await InTime(user.PlaceCall(callKey, ask.Dialled, ask.CallerId))),
        new CallerDecided(new CallerDecision(CallEnd.Failed, state.Caller, DoNotDisturb: false)));

    private Task<CallEvent?> ReceiveCall(AskReceiveCall ask, CallState state) => Ask(
        state, ask.Extension,
        async user => new CalleeDecided(await InTime(user.ReceiveCall(ask.Call))),
        new CalleeDecided(new RingPlan(CallEnd.Failed, state.Callee, [], TimeSpan.Zero)));

    private Task<CallEvent?> Devices(FindDevices find, CallState state) => Ask(
        state, find.Extension,
        async user =>
        {
            var found = await InTime(user.FindDevices(find.Device, callKey));
            return new DevicesFound(find.RequestId, found.Devices, found.TalksElsewhere);
        },
        new DevicesFound(find.RequestId, []));

    private Task<CallEvent?> HoldTime(AskHoldTime ask, CallState state) => Ask(
        state, ask.Extension,
        async user =>
        {
            var settings = await InTime(user.GetCallSettings());
            var escalation = directory.FindTenant(state.Tenant)?.Features.HoldEscalation;
            return new HoldTimed(ask.Leg, settings.HoldRecall, escalation is not null && directory.FindUser(state.Tenant, escalation) is not null ? escalation : null);
        },
        new HoldTimed(ask.Leg, CallSettings.Default.HoldRecall, null));

    private Task<CallEvent?> Set(SetDoNotDisturb set, CallState state) => Ask(
        state, set.Extension,
        async user => new DoNotDisturbSet(await InTime(user.SetDoNotDisturb(set.On))),
        new DoNotDisturbSet(null));

    /// <summary>A user whose node has just died is asked again: the grain comes back on another as soon as the cluster knows.</summary>
    private async Task<CallEvent?> Ask(CallState state, string extension, Func<IUserGrain, Task<CallEvent>> ask, CallEvent noAnswer)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask(grains.GetGrain<IUserGrain>($"{state.Tenant}/{extension}"));
            }
            catch (Exception error) when (attempt < Attempts && !_left)
            {
                LogAskedAgain(log, callKey, extension, error);
                await Task.Delay(AgainAfter, time);
            }
            catch (Exception error)
            {
                LogNoAnswer(log, callKey, extension, error);
                return noAnswer;
            }
        }
    }

    private Task<T> InTime<T>(Task<T> answer) => answer.IsCompleted ? answer : answer.WaitAsync(EdgeLimits.CommandTimeout, time);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey}: user {Extension} does not answer and is asked again")]
    private static partial void LogAskedAgain(ILogger log, string callKey, string extension, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "{CallKey}: user {Extension} did not decide")]
    private static partial void LogNoAnswer(ILogger log, string callKey, string extension, Exception error);
}
