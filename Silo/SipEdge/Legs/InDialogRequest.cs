using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>Answers what a phone asks within a call, other than to change or end it.</summary>
internal static class InDialogRequest
{
    public static void Answer(Leg leg, SipStack stack, ServerTransaction request)
    {
        switch (request.Method)
        {
            case SipMethod.Info:
                Info(leg, stack, request);
                break;
            case SipMethod.Options:
                stack.Respond(request, 200);
                break;
            case SipMethod.Refer:
                leg.Refer(stack, request);
                break;
            default:
                FeatureRefusals.Refuse(stack, request);
                break;
        }
    }

    /// <summary>A key press; an empty INFO is a keep-alive (RFC 6086 Appendix A leaves its meaning open); of anything else we understand nothing.</summary>
    private static void Info(Leg leg, SipStack stack, ServerTransaction request)
    {
        if (request.Request.Body.IsEmpty)
        {
            stack.Respond(request, 200);
            return;
        }
        if (!DtmfInfo.IsDtmf(request.Request))
        {
            stack.Respond(request, 415, new SipPayload(new HeaderLines().Add("Accept", "application/dtmf-relay, application/dtmf").Bytes));
            return;
        }
        if (!DtmfInfo.TryRead(request.Request, out var digit))
        {
            stack.Respond(request, 400, default, "No Key In Body"u8);
            return;
        }
        stack.Respond(request, 200);
        leg.TakeDigit(digit);
    }
}
