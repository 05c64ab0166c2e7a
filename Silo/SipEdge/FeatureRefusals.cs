using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.SipEdge;

/// <summary>The honest answers to what SIP phones may ask for and this server does not do: they stop asking.</summary>
internal static class FeatureRefusals
{
    public static void Refuse(SipStack stack, ServerTransaction request) => stack.Respond(request, Status(request.Method));

    private static int Status(SipMethod method) => method switch
    {
        // Within a call no event package is offered, so whatever was asked for is a bad one (RFC 6665 §4.2.1.3).
        SipMethod.Subscribe or SipMethod.Publish => 489,
        // Nobody here subscribed to anything.
        SipMethod.Notify => 481,
        // Within a call only.
        SipMethod.Refer => 403,
        _ => 501,
    };
}
