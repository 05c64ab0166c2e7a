using System.Text;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>
/// An INVITE with Join (<see href="https://www.rfc-editor.org/rfc/rfc3911">RFC 3911</see>) of a call of one's own: the phone that asks comes into it, as the third
/// in a conference.
/// </summary>
internal static class Joining
{
    /// <summary>What the request joins; null when it says nothing of it, or when <paramref name="refusal"/> is the answer to it.</summary>
    public static Consultation? Read(SipMessage invite, UserRecord user, LegTable legs, out int refusal)
    {
        refusal = 0;
        var values = invite.Headers(HeaderName.Join);
        if (values.Count() == 0)
            return null;
        refusal = 400;
        if (values.Count() > 1 || invite.Has(HeaderName.Replaces))
            return null;
        refusal = 481;
        if (legs.FindReplaced(Encoding.UTF8.GetString(values.First), out _) is not { CanTransfer: true } leg || leg.Owner.Tenant != user.Tenant)
            return null;
        // Nobody listens to others' calls who is not asked in.
        refusal = leg.Owner.Extension == user.Extension ? 0 : 403;
        return refusal != 0 ? null : new Consultation(leg.CallKey, leg.Id);
    }
}
