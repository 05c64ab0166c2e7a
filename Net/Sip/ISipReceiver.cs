using Webphone.Net.Sip.Streams;
using Webphone.Sip.Stack;

namespace Webphone.Net.Sip;

/// <summary>Takes what comes from the network. Called on receive threads, from several at a time; must not block.</summary>
public interface ISipReceiver
{
    /// <summary>One message, framed and within the limits. The bytes are valid during the call only. False when it is malformed.</summary>
    bool Received(in SipFlow flow, ReadOnlySpan<byte> message);

    /// <summary>A connection is over, by whomever; nothing more comes from it.</summary>
    void FlowClosed(in SipFlow flow, FlowEnd end);
}
