using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Stack;

/// <summary>The checks that a user agent makes of every request before it looks at it (<see href="https://www.rfc-editor.org/rfc/rfc3261#section-8.2">RFC 3261 §8.2</see>), in their order.</summary>
internal sealed class RequestChecks(SipStackOptions options)
{
    private static readonly SipMethod[] StackMethods =
        [SipMethod.Invite, SipMethod.Ack, SipMethod.Cancel, SipMethod.Bye, SipMethod.Options, SipMethod.Prack, SipMethod.Update];

    private readonly byte[][] _extensions = [.. new[] { "100rel", "timer" }.Concat(options.UserExtensions).Select(Encoding.ASCII.GetBytes)];

    /// <summary>The value of Allow.</summary>
    public byte[] Allow { get; } =
        Encoding.ASCII.GetBytes(string.Join(", ", StackMethods.Concat(options.UserMethods).Select(method => Encoding.ASCII.GetString(method.Token()))));

    /// <summary>The value of Supported.</summary>
    public byte[] Supported { get; } = Encoding.ASCII.GetBytes(string.Join(", ", new[] { "100rel", "timer" }.Concat(options.UserExtensions)));

    /// <summary>
    /// The status to refuse the request with, or 0. A known method that nobody serves is not refused here: who is asked for it is looked at first
    /// (RFC 3261 §8.2), and that is the user's.
    /// </summary>
    public int Refusal(SipMessage request)
    {
        if (request.Method == SipMethod.Unknown)
            return 501;
        if (!request.TryGetRequestUri(out var uri) || uri.Scheme is not (UriScheme.Sip or UriScheme.Sips or UriScheme.Tel))
            return 416;
        // A B2BUA sends these on, so that they can go in circles (RFC 7332 §4); what ends here, OPTIONS and REGISTER among it, has arrived.
        if (request.MaxForwards == 0 && request.ToTag.IsEmpty && request.Method is (SipMethod.Invite or SipMethod.Message or SipMethod.Refer))
            return 483;
        foreach (var token in request.Headers(HeaderName.Require))
        {
            if (!Supports(token))
                return 420;
        }
        return request.Method == SipMethod.Invite && request.ToTag.IsEmpty ? NewCall(request) : 0;
    }

    private static int NewCall(SipMessage invite)
    {
        if (!HasContact(invite))
            return 400;
        if (!invite.Body.IsEmpty && MediaType.TryParse(invite.ContentType, out var type, out _) && !type.IsSdp && !type.IsMultipart)
            return 415;
        return AcceptsSdp(invite) ? 0 : 406;
    }

    /// <summary>
    /// An INVITE must say where its dialog's requests go (RFC 3261 §8.1.1.8). In RFC 2543 it need not: they go where From says.
    /// </summary>
    private static bool HasContact(SipMessage request)
    {
        if (!request.HasRfc3261Branch && !request.Has(HeaderName.Contact))
            return request.From.TryGetUri(out var from) && from.IsSipOrSips;
        return request.TryGetContact(out var contact) && !contact.IsStar && contact.TryGetUri(out var uri) && uri.IsSipOrSips;
    }

    /// <summary>Without Accept the answer to an INVITE is SDP (RFC 3261 §20.1).</summary>
    private static bool AcceptsSdp(SipMessage invite)
    {
        foreach (var value in invite.Headers(HeaderName.Accept))
        {
            if (MediaType.TryParse(value, out var range, out _) && (range.IsSdp || range.Is("application"u8, "*"u8) || range.Is("*"u8, "*"u8)))
                return true;
        }
        return !invite.Has(HeaderName.Accept);
    }

    /// <summary>The headers that the refusal owes: Unsupported for 420, Accept for 415, Warning for 406; Allow of a 405 or 501 is written with its capabilities.</summary>
    public SipPayload Explain(SipMessage request, int status)
    {
        var lines = new HeaderLines();
        if (status == 415)
            lines.Add("Accept", "application/sdp");
        if (status == 406)
            lines.Add("Warning", "399 - \"the answer to a call is application/sdp\"");
        if (status != 420)
            return new SipPayload(lines.Bytes);
        foreach (var token in request.Headers(HeaderName.Require))
        {
            if (!Supports(token))
                lines.Add("Unsupported"u8, token);
        }
        return new SipPayload(lines.Bytes);
    }

    private bool Supports(ReadOnlySpan<byte> token)
    {
        foreach (var known in _extensions)
        {
            if (Ascii.EqualsIgnoreCase(token, known))
                return true;
        }
        return false;
    }
}
