using System.Text;
using Webphone.Grains.Calls;
using Webphone.Grains.Nodes;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>
/// An INVITE with Replaces (<see href="https://www.rfc-editor.org/rfc/rfc3891">RFC 3891</see>): of a phone that rings, which anyone of the tenant may
/// answer, or of a call of one's own, which goes on at the phone that asks.
/// </summary>
internal static class Replacement
{
    /// <summary>The header's value, null when there is none. False when there are several.</summary>
    public static bool TryRead(SipMessage invite, out string? replaces)
    {
        var values = invite.Headers(HeaderName.Replaces);
        var count = values.Count();
        replaces = count == 0 ? null : Encoding.UTF8.GetString(values.First);
        return count <= 1;
    }

    /// <summary>What the user may have of the dialog among these legs.</summary>
    public static ReplacedDialog Find(LegTable legs, string tenant, string extension, string replaces)
    {
        if (legs.FindReplaced(replaces, out var earlyOnly) is not { Owner.IsOutside: false } leg || leg.Owner.Tenant != tenant)
            return ReplacedDialog.Unknown;
        // Only of a phone that is called: the early dialog of one that calls is not ours to take (RFC 3891 §3).
        if (!leg.CanTransfer)
            return leg is DeviceLeg ? new ReplacedDialog(ReplacedOutcome.Found, new Consultation(leg.CallKey, default)) : ReplacedDialog.Unknown;
        if (earlyOnly)
            return new ReplacedDialog(ReplacedOutcome.Answered, null);
        return leg.Owner.Extension == extension
            ? new ReplacedDialog(ReplacedOutcome.Found, new Consultation(leg.CallKey, leg.Id))
            : new ReplacedDialog(ReplacedOutcome.NotOwn, null);
    }

    /// <summary>The answer to who may not have it.</summary>
    public static int Status(ReplacedOutcome refusal) => refusal switch
    {
        ReplacedOutcome.Answered => 486,
        ReplacedOutcome.NotOwn => 403,
        _ => 481,
    };
}
