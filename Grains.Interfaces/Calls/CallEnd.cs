namespace Webphone.Grains.Calls;

/// <summary>How a call or a leg ended: a closed set. Edges map it to their signalling (SIP status and Reason header), history stores it.</summary>
public enum CallEnd
{
    None = 0,

    /// <summary>Someone hung up after the answer.</summary>
    Completed,

    /// <summary>The caller gave up before the answer (487).</summary>
    Cancelled,

    /// <summary>Another device of the same call answered (CANCEL with Reason cause=200).</summary>
    AnsweredElsewhere,

    /// <summary>Rang until the time was over (480).</summary>
    NoAnswer,

    /// <summary>Every device was busy (486).</summary>
    Busy,

    /// <summary>The callee refused the call on purpose: it stops on all devices (603).</summary>
    Declined,

    /// <summary>Do not disturb is on (486).</summary>
    DoNotDisturb,

    /// <summary>The callee exists and no device of theirs can be reached (480).</summary>
    Unreachable,

    /// <summary>Nothing has this number (404).</summary>
    NotFound,

    /// <summary>The caller may not make this call (403).</summary>
    Forbidden,

    /// <summary>The two sides share no codec, even by transcoding (488).</summary>
    NoCommonMedia,

    /// <summary>A limit was reached; try again later (503).</summary>
    Overloaded,

    /// <summary>No media came for too long.</summary>
    MediaTimeout,

    /// <summary>A party's device went out of reach during the call and did not come back in time.</summary>
    PartyLost,

    /// <summary>The session timer ran out (RFC 4028).</summary>
    SessionExpired,

    /// <summary>The edge that held a leg is gone.</summary>
    EdgeLost,

    /// <summary>The server was stopped in good order while the call was on.</summary>
    ServerStopped,

    /// <summary>The server died while the call was on; written on the next start.</summary>
    Interrupted,

    /// <summary>The phone or we failed in a way that fits nothing above (500).</summary>
    Failed,

    /// <summary>The conference has as many members as it may have (486).</summary>
    RoomFull,

    /// <summary>The conference is locked, and nobody else comes in (403).</summary>
    RoomLocked,

    /// <summary>Somebody is parked in this slot already (486).</summary>
    SlotTaken,

    /// <summary>Somebody who may do so sent the party out of the conference.</summary>
    Removed,

    /// <summary>No media ever came from a party, whose network or browser lets none through.</summary>
    NoMediaPath,
}
