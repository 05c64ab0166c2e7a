using System.Text;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>
/// An INVITE with Replaces (<see href="https://www.rfc-editor.org/rfc/rfc3891">RFC 3891</see>): of a phone that rings, which anyone of the tenant may
/// answer, or of a call of one's own, which goes on at the phone that asks.
/// </summary>
internal static class Replacement
{
    /// <summary>What the request replaces; null when it says nothing of it, or when <paramref name="refusal"/> is the answer to it.</summary>
    public static Consultation? Read(SipMessage invite, UserRecord user, LegTable legs, out int refusal)
    {
        refusal = 0;
        var values = invite.Headers(HeaderName.Replaces);
        if (values.Count() == 0)
            return null;
        refusal = 400;
        if (values.Count() > 1)
            return null;
        refusal = 481;
        if (legs.FindReplaced(Encoding.UTF8.GetString(values.First), out var earlyOnly) is not { } leg || leg.Owner.Tenant != user.Tenant)
            return null;
        // Only of a phone that is called: the early dialog of one that calls is not ours to take (RFC 3891 §3).
        if (!leg.CanTransfer && leg is not OutgoingLeg)
            return null;
        refusal = leg.CanTransfer && earlyOnly ? 486 : leg.CanTransfer && leg.Owner.Extension != user.Extension ? 403 : 0;
        return refusal != 0 ? null : new Consultation(leg.CallKey, leg.CanTransfer ? leg.Id : default);
    }
}
