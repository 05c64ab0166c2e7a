using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Stack;

/// <summary>
/// The transaction user: what the stack tells its owner. Every method is called from within <see cref="SipStack.Receive"/>,
/// <see cref="SipStack.Advance"/> or a command, on that thread; the user may give commands from within. Requests may be answered at once or later.
/// </summary>
public interface ISipUser
{
    /// <summary>
    /// An INVITE that begins a call. Challenge or refuse it with <see cref="SipStack.Respond"/>, or take it with <see cref="SipStack.Accept"/>, now or later.
    /// </summary>
    void OnInvite(ServerTransaction invite);

    /// <summary>A REGISTER. Answer it with <see cref="SipStack.Respond"/>.</summary>
    void OnRegister(ServerTransaction register);

    /// <summary>
    /// Another request outside any dialog: MESSAGE, SUBSCRIBE, REFER, PUBLISH, or an OPTIONS that is for a user. Answer it with
    /// <see cref="SipStack.Respond"/>.
    /// </summary>
    void OnRequest(ServerTransaction request);

    /// <summary>
    /// A request with the tags of a dialog that is none of the stack's, such as a NOTIFY for a SUBSCRIBE that went out by <see cref="SipStack.SendRequest"/>:
    /// true if the user knows it and answers. Otherwise it gets 481.
    /// </summary>
    bool TryTake(ServerTransaction request) => false;

    /// <summary>The caller cancelled an INVITE that was not taken yet; it has been answered with 487.</summary>
    void OnCancel(ServerTransaction invite);

    /// <summary>
    /// A request with a dialog's tags came by another flow than the dialog's: whether it is taken to be from the other side, which is then reached by that
    /// flow. If not it is refused with 403 (an ACK ignored), and the dialog stays as it was. Unless the user says otherwise it must come from the same
    /// IP address: ports change with NATs and reconnections, and whoever learnt the tags elsewhere does not get in.
    /// </summary>
    bool Believes(InviteSession session, in SipFlow flow) => session.Dialog is { } dialog && dialog.Flow.Remote.Address.Equals(flow.Remote.Address);

    /// <summary>Something happened in a call.</summary>
    void OnSessionEvent(InviteSession session, in SessionEvent e);

    /// <summary>
    /// A response to a request that was sent with <see cref="SipStack.SendRequest"/>; once for each provisional and once for the final one.
    /// </summary>
    /// <param name="request">The transaction; its <see cref="ClientTransaction.Tag"/> is the sender's own.</param>
    /// <param name="response">The response, or null if there was none.</param>
    /// <param name="status">Its status; 408 if no answer came, 503 if the transport failed (RFC 3261 §8.1.3.1).</param>
    void OnResponse(ClientTransaction request, SipMessage? response, int status);
}
