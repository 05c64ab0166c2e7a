using Webphone.Grains.Recordings;
using Webphone.Grains.Rooms;
using Webphone.Grains.Users;

namespace Webphone.Grains.Calls;

/// <summary>
/// One call: two legs, or one leg and a pending offer, and their bridge. The key is <c>tenant/callId</c>, made by the edge that
/// took the call. Lives until the call ended; comes back from the journal when its silo died.
/// </summary>
public interface ICallGrain : IGrainWithStringKey
{
    /// <summary>Starts the call and returns when it was taken; all else comes as commands to the leg's edge. Repeating it does nothing.</summary>
    Task Start(StartCall request);

    /// <summary>What happened to one of this call's legs.</summary>
    Task<ReportAnswer> Report(LegEvent legEvent);

    /// <summary>
    /// Transfers the party on the other side of a leg, blind or after a consultation. Returns when it was taken; how it goes comes as
    /// <see cref="IEdge.TransferChanged"/>. Whatever goes wrong, the party is back with the one who transferred, or told why not (N6).
    /// </summary>
    Task Transfer(TransferRequest request);

    /// <summary>Starts, stops, pauses or resumes the recording of a user's side. What it comes to is in the call's view.</summary>
    Task<RecordingRefusal> Record(string extension, RecordingAct act);

    /// <summary>Takes a party over from its owner into the place of a leg; <see cref="CallEnd.None"/> when this call owns the party from now on, else why not.</summary>
    Task<CallEnd> Adopt(AdoptRequest request);

    /// <summary>Looks now which of its legs are left, as it does from time to time: one of them may be gone with its node.</summary>
    Task Sweep();

    /// <summary>A device of the user came while the call rings them: it rings too. For any other call, and repeated, it does nothing.</summary>
    Task DeviceJoined(string extension, Binding device);

    /// <summary>
    /// A room calls a person: this is that call, which has no caller of its own. Who answers is in the room; when nobody does, the room is told. Repeating it does nothing.
    /// </summary>
    Task CallIn(CallIntoRoom request);

    /// <summary>
    /// What became of the person whom this call's leg asked its room to call in: <see cref="CallEnd.None"/> when they are in, else why not. How it goes is told as
    /// of a transfer.
    /// </summary>
    Task InvitationOver(string requestId, LegId leg, CallEnd why);

    /// <summary>The mix of the room that the call's legs are in has moved.</summary>
    Task RoomMoved(RoomTicket ticket);

    /// <summary>A leg is sent out of the room, and ends.</summary>
    Task Dismiss(LegId leg, CallEnd reason);

    /// <summary>Ends the call for everyone.</summary>
    Task HangUp(CallEnd reason);

    /// <summary>The call as it is, or null when there is no such call.</summary>
    Task<CallView?> GetView();
}
