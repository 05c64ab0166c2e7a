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

    /// <summary>The status to refuse the request with, or 0.</summary>
    public int Refusal(SipMessage request)
    {
        if (request.Method == SipMethod.Unknown)
            return 405;
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
        return request.Method == SipMethod.Invite && request.ToTag.IsEmpty && !HasContact(request) ? 400 : 0;
    }

    /// <summary>An INVITE must say where its dialog's requests go (RFC 3261 §8.1.1.8).</summary>
    private static bool HasContact(SipMessage request) =>
        request.TryGetContact(out var contact) && !contact.IsStar && contact.TryGetUri(out var uri) && uri.IsSipOrSips;

    /// <summary>The headers that the refusal owes: Unsupported for 420; Allow of a 405 is written with its capabilities.</summary>
    public SipPayload Explain(SipMessage request, int status)
    {
        if (status != 420)
            return default;
        var lines = new HeaderLines();
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
