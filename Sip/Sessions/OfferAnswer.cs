namespace Webphone.Sip.Sessions;

/// <summary>
/// The offer/answer state of one dialog, <see href="https://www.rfc-editor.org/rfc/rfc3264">RFC 3264</see> with the rules of
/// <see href="https://www.rfc-editor.org/rfc/rfc6337">RFC 6337</see>: at most one offer is open at a time.
/// <code><![CDATA[
///            send offer                       receive offer
///   +------------------------ None/Stable ------------------------+
///   |                          ^  ^  ^  ^                         |
///   V     receive answer,      |  |  |  |    send answer, refuse  V
///  LocalOffer -----------------+  |  |  +------------------- RemoteOffer
///      |   refused, failed: back  |  |                            |
///      | receive offer: 491       +--+                            | receive offer: 500, Retry-After
///      +----+                                                     +---+
/// ]]></code>
/// What is refused leaves the session as it was before the offer.
/// </summary>
public struct OfferAnswer
{
    /// <summary>The present state.</summary>
    public OfferAnswerState State { get; private set; }

    /// <summary>Whether one exchange has been completed: there is a session description on both sides.</summary>
    public bool HasSession { get; private set; }

    /// <summary>Whether an offer may be sent or received now.</summary>
    public readonly bool IsStable => State == OfferAnswerState.Stable;

    /// <summary>We send an offer. False, and nothing changes, if one is open.</summary>
    public bool SendOffer() => Open(OfferAnswerState.LocalOffer);

    /// <summary>An offer arrived: accepted, or to be refused with 491 (ours is open) or 500 (theirs is open).</summary>
    public OfferVerdict ReceiveOffer()
    {
        if (State == OfferAnswerState.LocalOffer)
            return OfferVerdict.Glare;
        return Open(OfferAnswerState.RemoteOffer) ? OfferVerdict.Accepted : OfferVerdict.Overlap;
    }

    /// <summary>We send an answer. False if there is no offer to answer.</summary>
    public bool SendAnswer() => Close(OfferAnswerState.RemoteOffer);

    /// <summary>An answer arrived. False if there is no offer of ours that it could answer.</summary>
    public bool ReceiveAnswer() => Close(OfferAnswerState.LocalOffer);

    /// <summary>The open offer was refused, failed or timed out; the session is what it was.</summary>
    public void Abandon() => State = OfferAnswerState.Stable;

    private bool Open(OfferAnswerState state)
    {
        if (State != OfferAnswerState.Stable)
            return false;
        State = state;
        return true;
    }

    private bool Close(OfferAnswerState expected)
    {
        if (State != expected)
            return false;
        State = OfferAnswerState.Stable;
        HasSession = true;
        return true;
    }
}
