namespace Webphone.Grains.Calls;

/// <summary>
/// One call: two legs, or one leg and a pending offer, and their bridge. The key is <c>tenant/callId</c>, made by the edge that
/// took the call. Lives until the call ended; comes back from the journal when its silo died.
/// </summary>
public interface ICallGrain : IGrainWithStringKey
{
    /// <summary>Starts the call and returns when it was taken; all else comes as commands to the leg's edge. Repeating it does nothing.</summary>
    Task Start(StartCall request);

    /// <summary>What happened to one of this call's legs. False when the call does not own such a leg (any more): the edge ends it.</summary>
    Task<bool> Report(LegEvent legEvent);

    /// <summary>Ends the call for everyone.</summary>
    Task HangUp(CallEnd reason);

    /// <summary>The call as it is, or null when there is no such call.</summary>
    Task<CallView?> GetView();
}
