using Webphone.Grains.Calls;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>The one place where the endings of calls meet SIP: status codes, Reason headers (RFC 3326) and Q.850 causes.</summary>
internal static class CallEndMapping
{
    /// <summary>The final response to a caller whose call ended so before the answer.</summary>
    public static int Status(CallEnd end) => end switch
    {
        CallEnd.NotFound => 404,
        CallEnd.Forbidden or CallEnd.RoomLocked => 403,
        CallEnd.Busy or CallEnd.DoNotDisturb or CallEnd.RoomFull or CallEnd.SlotTaken => 486,
        CallEnd.Declined => 603,
        CallEnd.NoAnswer or CallEnd.Unreachable or CallEnd.PartyLost or CallEnd.NoMediaPath => 480,
        CallEnd.Cancelled or CallEnd.AnsweredElsewhere => 487,
        CallEnd.NoCommonMedia => 488,
        CallEnd.Overloaded or CallEnd.EdgeLost or CallEnd.ServerStopped => 503,
        CallEnd.Completed or CallEnd.Removed => 480,
        _ => 500,
    };

    /// <summary>The Q.850 cause that tells a phone why, in final responses and BYE.</summary>
    public static int Cause(CallEnd end) => end switch
    {
        CallEnd.NotFound => 1,
        CallEnd.Completed or CallEnd.Cancelled or CallEnd.Removed => 16,
        CallEnd.Busy or CallEnd.DoNotDisturb or CallEnd.RoomFull or CallEnd.SlotTaken => 17,
        CallEnd.NoAnswer => 19,
        CallEnd.Unreachable => 20,
        CallEnd.Declined or CallEnd.Forbidden or CallEnd.RoomLocked => 21,
        CallEnd.AnsweredElsewhere => 26,
        CallEnd.PartyLost or CallEnd.NoMediaPath => 27,
        CallEnd.EdgeLost or CallEnd.ServerStopped or CallEnd.Interrupted => 41,
        CallEnd.Overloaded => 42,
        CallEnd.NoCommonMedia => 88,
        CallEnd.MediaTimeout or CallEnd.SessionExpired => 102,
        _ => 127,
    };

    /// <summary>The value of the Reason header of a CANCEL, BYE or refusal.</summary>
    public static string Reason(CallEnd end) => end == CallEnd.AnsweredElsewhere
        ? "SIP;cause=200;text=\"Call completed elsewhere\""
        : $"Q.850;cause={Cause(end)};text=\"{Text(end)}\"";

    /// <summary>What a phone's refusal of our INVITE means for its call.</summary>
    public static CallEnd FromRefusal(int status) => status switch
    {
        486 or 600 => CallEnd.Busy,
        603 or 607 or 608 => CallEnd.Declined,
        487 => CallEnd.Cancelled,
        488 or 606 or 415 => CallEnd.NoCommonMedia,
        404 or 410 or 604 => CallEnd.NotFound,
        // A phone that is not there or not now; a redirection is not followed: where to go is the user's rules' business, not a device's.
        >= 300 and < 400 or 408 or 430 or 480 or 481 or 503 => CallEnd.Unreachable,
        // It asks for a password that it has no right to, again and again: it is not one of ours.
        401 or 407 => CallEnd.Unreachable,
        _ => CallEnd.Failed,
    };

    /// <summary>What a gateway's refusal means for the call: it speaks for a whole network, so that a number may not be there at all.</summary>
    public static CallEnd FromGateway(int status) => status switch
    {
        484 => CallEnd.NotFound,
        403 => CallEnd.Forbidden,
        // The trunk's password is wrong, or missing.
        401 or 407 => CallEnd.Failed,
        503 => CallEnd.Overloaded,
        _ => FromRefusal(status),
    };

    /// <summary>How a session's end counts for its call.</summary>
    /// <param name="answered">Whether the call was answered before.</param>
    public static CallEnd FromSession(SessionEnd end, int status, bool answered) => end switch
    {
        SessionEnd.RemoteBye or SessionEnd.LocalBye => CallEnd.Completed,
        SessionEnd.RemoteCancel or SessionEnd.LocalCancel => CallEnd.Cancelled,
        SessionEnd.RemoteReject => FromRefusal(status),
        SessionEnd.RingTimeout => CallEnd.NoAnswer,
        SessionEnd.SessionExpired => CallEnd.SessionExpired,
        SessionEnd.NoResponse or SessionEnd.TransportFailed when !answered => CallEnd.Unreachable,
        SessionEnd.NoResponse or SessionEnd.TransportFailed or SessionEnd.DialogLost or SessionEnd.NoAck => CallEnd.EdgeLost,
        _ => CallEnd.Failed,
    };

    private static string Text(CallEnd end) => end switch
    {
        CallEnd.NotFound => "Unallocated number",
        CallEnd.Completed or CallEnd.Cancelled => "Normal call clearing",
        CallEnd.Busy => "User busy",
        CallEnd.DoNotDisturb => "Do not disturb",
        CallEnd.NoAnswer => "No answer",
        CallEnd.Unreachable => "Subscriber absent",
        CallEnd.Declined => "Call rejected",
        CallEnd.Forbidden => "Not allowed",
        CallEnd.NoCommonMedia => "Incompatible destination",
        CallEnd.Overloaded => "Switching equipment congestion",
        CallEnd.EdgeLost or CallEnd.ServerStopped or CallEnd.Interrupted => "Temporary failure",
        CallEnd.MediaTimeout => "No media",
        CallEnd.PartyLost => "Destination out of order",
        CallEnd.NoMediaPath => "No media path",
        CallEnd.SessionExpired => "Session expired",
        CallEnd.RoomFull => "Conference is full",
        CallEnd.RoomLocked => "Conference is locked",
        CallEnd.SlotTaken => "Park slot is taken",
        CallEnd.Removed => "Removed from conference",
        _ => "Interworking",
    };
}
