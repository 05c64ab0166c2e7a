using Microsoft.Extensions.Logging;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>Carries out what a call asks of another: each comes to an event for the call, or to none, and never throws.</summary>
internal sealed partial class CallHandovers(IGrainFactory grains, TimeProvider time, ILogger log)
{
    /// <summary>A call whose silo died comes back from its journal within this many tries.</summary>
    private const int Tries = 6;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<CallEvent?> Offer(OfferParty offer)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (attempt > 1) await Task.Delay(Pause, time);
            try
            {
                var refusal = await grains.GetGrain<ICallGrain>(offer.CallKey).Adopt(offer.Request).WaitAsync(EdgeLimits.CommandTimeout, time);
                return new PartyAnswered(offer.Request.RequestId, refusal);
            }
            catch (Exception error)
            {
                LogNotAsked(log, offer.CallKey, offer.Request.Party.Leg, error);
            }
        }

        // Should it have taken the party all the same, the edge knows: the next sweep asks it.
        return new PartyAnswered(offer.Request.RequestId, CallEnd.Failed);
    }

    public async Task<CallEvent?> Forward(ForwardReport forward)
    {
        try
        {
            var answer = await grains.GetGrain<ICallGrain>(forward.CallKey).Report(forward.Report).WaitAsync(EdgeLimits.CommandTimeout, time);
            if (answer.News is { } news) await grains.GetGrain<IUserGrain>(news.UserKey).CallGoesOn(news.View);
        }
        catch (Exception error)
        {
            // The sweep of the call that has the leg finds out what this would have said.
            LogNotAsked(log, forward.CallKey, forward.Report.Leg, error);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey} did not answer for {Leg}")]
    private static partial void LogNotAsked(ILogger log, string callKey, LegId leg, Exception error);
}
