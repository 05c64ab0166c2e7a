using System.Text;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Headers;

/// <summary>One Contact value (RFC 3261 §20.10, RFC 5626 §4.1): "*" or an address with its registration parameters.</summary>
public readonly ref struct ContactValue
{
    private ContactValue(NameAddr address, bool isStar)
    {
        Address = address;
        IsStar = isStar;
    }

    /// <summary>"*": all bindings, only in a REGISTER that removes them (RFC 3261 §10.2.2).</summary>
    public bool IsStar { get; }

    public NameAddr Address { get; }

    public ReadOnlySpan<byte> Uri => Address.Uri;

    /// <summary>Seconds, or null if it is not given or no number; then the Expires header or the default holds (RFC 3261 §10.2.1.1).</summary>
    public uint? Expires => Address.Parameters.GetNumber("expires"u8);

    /// <summary>The preference q in thousandths, 0 to 1000; 1000 if it is not given or malformed (RFC 3261 §20.10).</summary>
    public int QThousandths => Address.Parameters.TryGet("q"u8, out var q) && Headers.QValue.TryParse(q, out var thousandths) ? thousandths : 1000;

    /// <summary>+sip.instance without its quotes and angle brackets, such as urn:uuid:… (RFC 5626 §4.1); empty if it is not there.</summary>
    public ReadOnlySpan<byte> Instance
    {
        get
        {
            if (!Address.Parameters.TryGet("+sip.instance"u8, out var instance))
                return default;
            return instance.Length > 2 && instance[0] == '<' && instance[^1] == '>' ? instance[1..^1] : instance;
        }
    }

    /// <summary>reg-id (RFC 5626 §4.2), or null.</summary>
    public uint? RegId => Address.Parameters.GetNumber("reg-id"u8);

    public bool TryGetUri(out SipUri uri) => Address.TryGetUri(out uri);

    public static bool TryParse(ReadOnlySpan<byte> value, out ContactValue contact, out SipParseError error)
    {
        if (SipCharacters.TrimLws(value).SequenceEqual("*"u8))
        {
            contact = new ContactValue(default, true);
            error = default;
            return true;
        }

        var parsed = NameAddr.TryParse(value, out var address, out error);
        contact = new ContactValue(address, false);
        return parsed;
    }
}
