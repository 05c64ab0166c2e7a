using System.Text;
using Webphone.Sip.Headers;

namespace Webphone.Sip.Uris;

/// <summary>
/// Equality of URIs: sip and sips by <a href="https://www.rfc-editor.org/rfc/rfc3261#section-19.1.4">RFC 3261 §19.1.4</a>,
/// tel by <a href="https://www.rfc-editor.org/rfc/rfc3966#section-4">RFC 3966 §4</a>, others byte by byte.
/// </summary>
public static class SipUriComparer
{
    public static bool Same(SipUri left, SipUri right)
    {
        if (left.Scheme != right.Scheme)
            return false;
        return left.Scheme switch
        {
            UriScheme.Sip or UriScheme.Sips => SameSip(left, right),
            UriScheme.Tel => TelNumber.Same(left.User, right.User) && SameTelParameters(left, right) && SameTelParameters(right, left),
            _ => left.Text.SequenceEqual(right.Text),
        };
    }

    /// <summary>False as well if one of them is no URI.</summary>
    public static bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.SequenceEqual(right) || (SipUri.TryParse(left, out var a, out _) && SipUri.TryParse(right, out var b, out _) && Same(a, b));

    /// <summary>Hosts are equal in any case; IPv6 addresses in any spelling (RFC 5118 §4.1 writes them in several).</summary>
    public static bool SameHost(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        Ascii.EqualsIgnoreCase(left, right)
        || (left.Length > 2 && right.Length > 2 && left[0] == '[' && right[0] == '[' && Equals(HostPort.Address(left), HostPort.Address(right)));

    private static bool SameSip(SipUri left, SipUri right) =>
        left.Port == right.Port
        && SameHost(left.Host, right.Host)
        && UriEscaping.Same(left.User, right.User, ignoreCase: false)
        && UriEscaping.Same(left.Password, right.Password, ignoreCase: false)
        && SameParameters(left, right) && SameParameters(right, left)
        && SameHeaders(left, right) && SameHeaders(right, left);

    /// <summary>A parameter in both must match; user, ttl, method, maddr and transport must be in both or in none.</summary>
    private static bool SameParameters(SipUri left, SipUri right)
    {
        foreach (var pair in left.Parameters)
        {
            if (right.Parameters.TryGet(pair.Name, out var other))
            {
                if (!UriEscaping.Same(pair.Value, other, ignoreCase: true))
                    return false;
            }
            else if (MustBeInBoth(pair.Name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MustBeInBoth(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "user"u8) || Ascii.EqualsIgnoreCase(name, "ttl"u8) || Ascii.EqualsIgnoreCase(name, "method"u8)
        || Ascii.EqualsIgnoreCase(name, "maddr"u8) || Ascii.EqualsIgnoreCase(name, "transport"u8);

    private static bool SameHeaders(SipUri left, SipUri right)
    {
        foreach (var pair in left.Headers)
        {
            if (!right.Headers.TryGet(pair.Name, out var other) || !UriEscaping.Same(pair.Value, other, ignoreCase: false))
                return false;
        }

        return true;
    }

    private static bool SameTelParameters(SipUri left, SipUri right)
    {
        foreach (var pair in left.Parameters)
        {
            if (!right.Parameters.TryGet(pair.Name, out var other))
                return false;
            var isNumber = Ascii.EqualsIgnoreCase(pair.Name, "ext"u8) || Ascii.EqualsIgnoreCase(pair.Name, "phone-context"u8);
            if (isNumber && pair.Value.Length > 0 && other.Length > 0 && TelNumber.IsValid(pair.Value) && TelNumber.IsValid(other))
            {
                if (!TelNumber.Same(pair.Value, other))
                    return false;
            }
            else if (!UriEscaping.Same(pair.Value, other, ignoreCase: true))
            {
                return false;
            }
        }

        return true;
    }
}
