using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Messages;

/// <summary>
/// What a server takes, and the inspection of a well-formed request by it, in the order of
/// <a href="https://www.rfc-editor.org/rfc/rfc3261#section-8.2">RFC 3261 §8.2</a>.
/// </summary>
/// <param name="Methods">The methods that are allowed.</param>
/// <param name="OptionTags">The extensions that a Require may name.</param>
/// <param name="ContentTypes">The bodies that are understood, such as <c>application/sdp</c>; multipart is looked into by whoever reads it.</param>
public sealed record UasCapabilities(IReadOnlyCollection<SipMethod> Methods, IReadOnlyCollection<string> OptionTags, IReadOnlyCollection<string> ContentTypes)
{
    /// <summary>What is to be answered before anybody looks at the request, or no error.</summary>
    public SipParseError Inspect(SipMessage request)
    {
        if (request.Method == SipMethod.Unknown)
            return new SipParseError(SipParseReason.UnknownMethod, 0);
        if (!Methods.Contains(request.Method))
            return new SipParseError(SipParseReason.MethodNotAllowed, 0);
        if (!request.TryGetRequestUri(out var uri) || uri.Scheme == UriScheme.Unknown)
            return new SipParseError(SipParseReason.UnsupportedUriScheme, 0);
        if (request.MaxForwards == 0 && request.Method != SipMethod.Options)
            return new SipParseError(SipParseReason.TooManyHops, 0, HeaderName.MaxForwards);

        // Require means nothing in CANCEL and in ACK for a failure; those are never refused for it (RFC 3261 §8.2.2.3).
        if (request.Method is not (SipMethod.Cancel or SipMethod.Ack) && (HasUnknownTag(request, HeaderName.Require) || HasUnknownTag(request, HeaderName.ProxyRequire)))
            return new SipParseError(SipParseReason.UnsupportedExtension, 0, HeaderName.Require);
        if (!request.Body.IsEmpty && !Understands(request))
            return new SipParseError(SipParseReason.UnsupportedContent, 0, HeaderName.ContentType);
        return default;
    }

    /// <summary>Writes the Unsupported header that a 420 needs.</summary>
    public void WriteUnsupported(ref SipWriter writer, SipMessage request)
    {
        foreach (var name in (ReadOnlySpan<HeaderName>)[HeaderName.Require, HeaderName.ProxyRequire])
        {
            foreach (var tag in request.Headers(name))
            {
                if (!Knows(OptionTags, tag))
                    writer.Header(HeaderName.Unsupported, tag);
            }
        }
    }

    private bool HasUnknownTag(SipMessage request, HeaderName name)
    {
        foreach (var tag in request.Headers(name))
        {
            if (!Knows(OptionTags, tag))
                return true;
        }

        return false;
    }

    private bool Understands(SipMessage request)
    {
        if (!MediaType.TryParse(request.ContentType, out var type, out _))
            return false;
        if (type.IsMultipart)
            return true;
        foreach (var known in ContentTypes)
        {
            var slash = known.IndexOf('/', StringComparison.Ordinal);
            if (Ascii.EqualsIgnoreCase(type.Type, known.AsSpan(0, slash)) && Ascii.EqualsIgnoreCase(type.Subtype, known.AsSpan(slash + 1)))
                return true;
        }

        return OptionalContent(request);
    }

    /// <summary>handling=optional: an unknown body is to be ignored (RFC 3261 §20.11).</summary>
    private static bool OptionalContent(SipMessage request) =>
        TokenValue.TryParse(request.Headers(HeaderName.ContentDisposition).First, out var disposition, out _)
        && disposition.Parameters.TryGet("handling"u8, out var handling) && Ascii.EqualsIgnoreCase(handling, "optional"u8);

    private static bool Knows(IReadOnlyCollection<string> tags, ReadOnlySpan<byte> tag)
    {
        foreach (var known in tags)
        {
            if (Ascii.EqualsIgnoreCase(tag, known))
                return true;
        }

        return false;
    }
}
