using System.Text;
using Webphone.Sip.Messages;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>Reads the key of an INFO request: <c>application/dtmf-relay</c> ("Signal=5", "Duration=160") or <c>application/dtmf</c> ("5").</summary>
internal static class DtmfInfo
{
    public static bool IsDtmf(SipMessage request) =>
        HasType(request, "application/dtmf-relay"u8) || HasType(request, "application/dtmf"u8);

    /// <summary>The key: 0-9 * # A-D. False when the body holds none.</summary>
    public static bool TryRead(SipMessage request, out char digit)
    {
        var body = Encoding.ASCII.GetString(request.Body.Span[..Math.Min(request.Body.Length, 256)]);
        return TryKey(HasType(request, "application/dtmf-relay"u8) ? Signal(body) : body.Trim(), out digit);
    }

    private static bool HasType(SipMessage request, ReadOnlySpan<byte> type)
    {
        var value = request.ContentType;
        var end = value.IndexOf((byte)';');
        return Ascii.EqualsIgnoreCase((end < 0 ? value : value[..end]).Trim(" \t"u8), type);
    }

    private static string Signal(string body)
    {
        foreach (var line in body.Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line.AsSpan(0, equals).Trim().Equals("Signal", StringComparison.OrdinalIgnoreCase))
                return line[(equals + 1)..].Trim();
        }
        return "";
    }

    /// <summary>Some phones send the event's number (RFC 4733 §3.2) for keys that are no digit.</summary>
    private static bool TryKey(string text, out char digit)
    {
        digit = text switch
        {
            "10" => '*',
            "11" => '#',
            "12" => 'A',
            "13" => 'B',
            "14" => 'C',
            "15" => 'D',
            { Length: 1 } => char.ToUpperInvariant(text[0]),
            _ => '\0',
        };
        return digit is >= '0' and <= '9' or '*' or '#' or >= 'A' and <= 'D';
    }
}
