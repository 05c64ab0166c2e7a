using System.Text;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Authentication;

/// <summary>One Digest challenge of a WWW-Authenticate or Proxy-Authenticate header (<a href="https://www.rfc-editor.org/rfc/rfc7616#section-3.3">RFC 7616 §3.3</a>).</summary>
public readonly ref struct DigestChallenge
{
    private readonly AuthParameters _parameters;

    private DigestChallenge(AuthParameters parameters) => _parameters = parameters;

    public string Realm => _parameters.GetText("realm"u8);

    /// <summary>Values of quoted strings are still escaped and go back as they came.</summary>
    public ReadOnlySpan<byte> RawRealm => _parameters.Get("realm"u8);

    public ReadOnlySpan<byte> Nonce => _parameters.Get("nonce"u8);

    public ReadOnlySpan<byte> Opaque => _parameters.Get("opaque"u8);

    public DigestAlgorithm Algorithm => DigestAlgorithms.Parse(_parameters.Get("algorithm"u8));

    /// <summary>The nonce was too old, the password was right (RFC 7616 §3.3).</summary>
    public bool IsStale => Ascii.EqualsIgnoreCase(_parameters.Get("stale"u8), "true"u8);

    /// <summary>A qop list is given and has auth.</summary>
    public bool OffersAuth
    {
        get
        {
            foreach (var range in _parameters.Get("qop"u8).Split((byte)','))
            {
                var option = _parameters.Get("qop"u8)[range].Trim(" \t"u8);
                if (Ascii.EqualsIgnoreCase(option, "auth"u8))
                    return true;
            }

            return false;
        }
    }

    /// <summary>No qop at all: RFC 2069 style.</summary>
    public bool HasNoQop => _parameters.Get("qop"u8).IsEmpty;

    /// <summary>False without error if the challenge is of another scheme.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out DigestChallenge challenge, out SipParseError error)
    {
        challenge = default;
        if (!AuthParameters.TryParse(value, out var parameters, out error) || !Ascii.EqualsIgnoreCase(parameters.Scheme, "Digest"u8))
            return false;
        challenge = new DigestChallenge(parameters);
        if (!challenge.Nonce.IsEmpty)
            return true;
        error = new SipParseError(SipParseReason.MalformedCredentials, 0);
        return false;
    }
}
