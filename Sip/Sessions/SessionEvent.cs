using Webphone.Sip.Messages;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Sessions;

/// <summary>Something that happened in a call.</summary>
/// <param name="Kind">What.</param>
/// <param name="Message">The message that brought it, or null.</param>
/// <param name="Status">The status of a response; for <see cref="SessionEventKind.Ended"/> the one that ended it, or 0.</param>
/// <param name="End">How the session ended, or <see cref="SessionEnd.None"/>.</param>
/// <param name="Transaction">The transaction of a request that waits for an answer, or null.</param>
/// <param name="IsOffer">Whether the body of the message is an offer to be answered.</param>
public readonly record struct SessionEvent(
    SessionEventKind Kind,
    SipMessage? Message = null,
    int Status = 0,
    SessionEnd End = SessionEnd.None,
    ServerTransaction? Transaction = null,
    bool IsOffer = false);
