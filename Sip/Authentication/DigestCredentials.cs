using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Authentication;

/// <summary>The Digest credentials of an Authorization or Proxy-Authorization header (<a href="https://www.rfc-editor.org/rfc/rfc7616#section-3.4">RFC 7616 §3.4</a>).</summary>
public readonly ref struct DigestCredentials
{
    private readonly AuthParameters _parameters;

    private DigestCredentials(AuthParameters parameters) => _parameters = parameters;

    public string Username => _parameters.GetText("username"u8);

    public string Realm => _parameters.GetText("realm"u8);

    public ReadOnlySpan<byte> Nonce => _parameters.Get("nonce"u8);

    public ReadOnlySpan<byte> Uri => _parameters.Get("uri"u8);

    /// <summary>Lower-case or upper-case hex.</summary>
    public ReadOnlySpan<byte> Response => _parameters.Get("response"u8);

    public DigestAlgorithm Algorithm => DigestAlgorithms.Parse(_parameters.Get("algorithm"u8));

    public ReadOnlySpan<byte> ClientNonce => _parameters.Get("cnonce"u8);

    /// <summary>Eight hex digits.</summary>
    public ReadOnlySpan<byte> NonceCountText => _parameters.Get("nc"u8);

    /// <summary>Empty for the old clients of RFC 2069.</summary>
    public ReadOnlySpan<byte> Qop => _parameters.Get("qop"u8);

    /// <summary>The nonce count, 1 and up; 0 if it is malformed.</summary>
    public uint NonceCount
    {
        get
        {
            var text = NonceCountText;
            return text.Length == 8 && uint.TryParse(text, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var count) ? count : 0;
        }
    }

    /// <summary>False without error if the credentials are of another scheme.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out DigestCredentials credentials, out SipParseError error)
    {
        credentials = default;
        if (!AuthParameters.TryParse(value, out var parameters, out error) || !Ascii.EqualsIgnoreCase(parameters.Scheme, "Digest"u8))
            return false;
        credentials = new DigestCredentials(parameters);
        if (!credentials.Nonce.IsEmpty && !credentials.Uri.IsEmpty && !credentials.Response.IsEmpty)
            return true;
        error = new SipParseError(SipParseReason.MalformedCredentials, 0);
        return false;
    }

    /// <summary>Finds the credentials for a realm among all that a request carries.</summary>
    public static bool TryFind(SipMessage request, HeaderName header, string realm, out DigestCredentials credentials)
    {
        foreach (var value in request.Headers(header))
        {
            if (TryParse(value, out credentials, out _) && credentials.Realm == realm)
                return true;
        }

        credentials = default;
        return false;
    }
}
