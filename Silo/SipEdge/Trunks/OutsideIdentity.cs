using System.Text;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge.Trunks;

/// <summary>
/// Who calls from outside, as their gateway asserts it (<see href="https://www.rfc-editor.org/rfc/rfc3325">RFC 3325</see>), else as From says. It is shown to people and
/// dialled by them, so whatever is no number of the telephone network, or would be one of ours, is left out.
/// </summary>
internal static class OutsideIdentity
{
    public const string Anonymous = "anonymous";

    private const int LongestName = 64;

    public static Party Read(SipMessage invite, TenantTrunk trunk, IDirectory directory)
    {
        if (WantsPrivacy(invite))
            return new Party(Anonymous, "");
        foreach (var value in invite.Headers(HeaderName.PAssertedIdentity))
        {
            if (NameAddr.TryParse(value, out var asserted, out _) && NumberOf(asserted, trunk, directory) is { } number)
                return new Party(number, NameOf(asserted) is { Length: > 0 } name ? name : NameOf(invite.From));
        }
        return new Party(NumberOf(invite.From, trunk, directory) ?? Anonymous, NameOf(invite.From));
    }

    /// <summary>RFC 3323 §4.2, RFC 3325 §9.3.</summary>
    private static bool WantsPrivacy(SipMessage invite)
    {
        foreach (var line in invite.Headers(HeaderName.Privacy))
        {
            foreach (var range in line.Split((byte)';'))
            {
                var wish = line[range].Trim(" \t"u8);
                if (Ascii.EqualsIgnoreCase(wish, "id"u8) || Ascii.EqualsIgnoreCase(wish, "user"u8))
                    return true;
            }
        }
        return false;
    }

    private static string? NumberOf(NameAddr address, TenantTrunk trunk, IDirectory directory)
    {
        if (!address.TryGetUri(out var uri) || !(uri.IsSipOrSips || uri.Scheme is UriScheme.Tel))
            return null;
        var number = NumberingPlan.WithoutSeparators(uri.UserText);
        if (!NumberingPlan.IsNumber(number))
            return null;
        var dialled = number.StartsWith('+') ? number : trunk.Trunk.CallerPrefix + number;
        // Nobody outside is to be taken for one of us.
        return NumberingPlan.Resolve(dialled, trunk.Tenant.Name, directory) is Destination.Outside or Destination.Unknown ? dialled : null;
    }

    private static string NameOf(NameAddr address)
    {
        var name = string.Concat(address.DisplayName.Where(letter => !char.IsControl(letter))).Trim();
        if (name.Length <= LongestName)
            return name;
        return name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)].TrimEnd();
    }
}
