using Webphone.Sip.Transactions;

namespace Webphone.Sip.Stack;

/// <summary>What a <see cref="SipStack"/> needs from the network around it. Called on the thread that called the stack.</summary>
public interface ISipStackSink
{
    /// <summary>
    /// Sends one message. The bytes are valid during the call only. A failure that shows now or later is told to the stack by
    /// <see cref="SipStack.FlowFailed"/>, not thrown, and not from within this call.
    /// </summary>
    void Send(in SipFlow flow, ReadOnlySpan<byte> message);

    /// <summary>
    /// Gives a connection to an address that has none: what is sent on it waits until it is up, and <see cref="SipStack.FlowFailed"/> tells when that
    /// cannot be. False, which is the default, when no connections are opened from here.
    /// </summary>
    bool TryOpen(in SipFlow wanted, out SipFlow opened)
    {
        opened = default;
        return false;
    }

    /// <summary>The address that the other side of this flow can reach us at: it goes into Via and Contact. ASCII, host or host:port; the same array each time.</summary>
    byte[] LocalAddress(in SipFlow flow);
}
