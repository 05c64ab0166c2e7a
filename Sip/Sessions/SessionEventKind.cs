namespace Webphone.Sip.Sessions;

/// <summary>What a <see cref="SessionEvent"/> reports.</summary>
public enum SessionEventKind : byte
{
    /// <summary>UAC: a provisional response over 100; its body, if any, is the early answer or, with <see cref="SessionEvent.IsOffer"/>, an offer.</summary>
    Progress,
    /// <summary>UAC: the call was answered; the body is the answer, or the offer of a delayed-offer call, whose answer the user must give by <see cref="InviteSession.SendAck"/>.</summary>
    Answered,
    /// <summary>UAS: the ACK is in; its body is the answer of a delayed-offer call.</summary>
    Acknowledged,
    /// <summary>The other side offers a new session description by re-INVITE or UPDATE (or asks for ours by a re-INVITE without one): <see cref="InviteSession.AcceptOffer"/> or <see cref="InviteSession.RejectOffer"/>.</summary>
    Offer,
    /// <summary>The answer to our offer.</summary>
    Answer,
    /// <summary>Our offer was refused, or got no answer; the session stays as it was. The status says why.</summary>
    OfferRefused,
    /// <summary>Our offer had met the other side's, and the time to try again has come, if the user still wants to.</summary>
    RetryOffer,
    /// <summary>A request in the dialog for the user (INFO, REFER, NOTIFY, MESSAGE, OPTIONS …): answer <see cref="SessionEvent.Transaction"/> by <see cref="Stack.SipStack.Respond"/>.</summary>
    Request,
    /// <summary>A response to a request that the user sent in the dialog; null message if none came.</summary>
    Response,
    /// <summary>The session has ended: once, and last.</summary>
    Ended,
}
