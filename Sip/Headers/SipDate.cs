using System.Globalization;
using System.Text;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Headers;

/// <summary>The Date header (RFC 3261 §20.17): RFC 1123 form, GMT only.</summary>
public static class SipDate
{
    public static bool TryParse(ReadOnlySpan<byte> value, out DateTimeOffset date, out SipParseError error)
    {
        error = default;
        date = default;
        if (value.Length == 29 && value.EndsWith(" GMT"u8) && Ascii.IsValid(value)
            && DateTimeOffset.TryParseExact(Encoding.ASCII.GetString(value), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date))
        {
            return true;
        }

        error = new SipParseError(SipParseReason.MalformedDate, 0);
        return false;
    }
}
