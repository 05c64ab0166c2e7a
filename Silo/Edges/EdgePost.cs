using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Calls;
using Webphone.Grains.Nodes;
using Webphone.Grains.Users;

namespace Webphone.Silo.Edges;

/// <summary>What the edges of one node share to tell calls of their legs, and users of their calls. Safe from any thread.</summary>
/// <param name="grains">The grains.</param>
/// <param name="book">Finds other nodes.</param>
/// <param name="time">Of limits.</param>
/// <param name="logger">Of what could not be told.</param>
internal sealed partial class EdgePost(IGrainFactory grains, NodeBook book, TimeProvider time, ILogger logger) : ICallDesk
{
    public RingWaits Waits { get; } = new(time);

    /// <summary>Reports of a leg.</summary>
    /// <param name="leg">The leg.</param>
    /// <param name="callKey">The call that has it.</param>
    /// <param name="near">The node at whose desk it can be reported first; null to ask for the call's grain.</param>
    /// <param name="outcome">Hears when the leg is to end, or its end is known.</param>
    public LegReports ReportsOf(LegId leg, string callKey, string? near, Action<ReportOutcome> outcome) => new(this, leg, callKey, near, outcome, time, logger);

    public ICallGrain Call(string callKey) => grains.GetGrain<ICallGrain>(callKey);

    /// <summary>Reports at the desk of the node where the call is, if it can be found.</summary>
    public async Task<ReportAnswer> ReportNear(string node, string callKey, LegEvent happened)
    {
        var desk = (await book.Resolve(node))?.Desk;
        try
        {
            return await (desk is null ? Call(callKey).Report(happened) : desk.Report(callKey, happened));
        }
        catch
        {
            // It may have come back with other references.
            book.Forget(node);
            throw;
        }
    }

    Task<ReportAnswer> ICallDesk.Report(string callKey, LegEvent legEvent) => Call(callKey).Report(legEvent);

    /// <summary>Passes on how a call that goes on stands. What is lost is made up for by the next that comes, or by the user's sweep.</summary>
    public void PassOn(UserNews? news)
    {
        if (news is not null)
            _ = grains.GetGrain<IUserGrain>(news.UserKey).CallGoesOn(news.View);
    }

    /// <summary>Passes on the end of a call; false when it did not reach the user.</summary>
    public async Task<bool> PassOnEnd(UserNews news)
    {
        try
        {
            await grains.GetGrain<IUserGrain>(news.UserKey).CallChanged(news.View).WaitAsync(EdgeLimits.CommandTimeout / 2, time);
            return true;
        }
        catch (Exception failure)
        {
            LogNotPassedOn(logger, failure, news.UserKey, news.View.CallKey);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{UserKey} does not hear that {CallKey} is over; the call is told so")]
    private static partial void LogNotPassedOn(ILogger logger, Exception failure, string userKey, string callKey);
}
