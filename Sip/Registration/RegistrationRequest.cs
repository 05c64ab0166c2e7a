using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Registration;

/// <summary>
/// What a REGISTER asks for, read and checked by <see href="https://www.rfc-editor.org/rfc/rfc3261#section-10.3">RFC 3261 §10.3</see>, steps 5 to 7,
/// RFC 5626 §6 and RFC 3327 §5.3, before any binding is looked at.
/// </summary>
public sealed class RegistrationRequest
{
    private RegistrationRequest(string callId, uint cseq)
    {
        CallId = callId;
        CSeq = cseq;
    }

    public string CallId { get; }

    public uint CSeq { get; }

    /// <summary>Contact: * with Expires: 0: all bindings are to go.</summary>
    public bool RemovesAll { get; private set; }

    /// <summary>The contacts; none is a question for the present bindings.</summary>
    public IReadOnlyList<BindingRequest> Contacts { get; private set; } = [];

    /// <summary>The Path values, in their order.</summary>
    public IReadOnlyList<string> Path { get; private set; } = [];

    /// <summary>Whether the device has said that it knows outbound, and asks for it with a reg-id.</summary>
    public bool IsOutbound { get; private set; }

    public string UserAgent { get; private set; } = "";

    /// <summary>Reads the request. False with the status to refuse it with: 400, 421 (a Path without its support), 423 or 439.</summary>
    public static bool TryRead(SipMessage register, RegistrationOptions options, out RegistrationRequest request, out int status)
    {
        request = new RegistrationRequest(Encoding.UTF8.GetString(register.CallId), register.CSeqNumber)
        {
            UserAgent = register.HeaderText(HeaderName.UserAgent) ?? "",
        };
        status = request.Read(register, options);
        return status == 0;
    }

    private int Read(SipMessage register, RegistrationOptions options)
    {
        // The address of record is a SIP or SIPS URI (step 5).
        if (!register.To.TryGetUri(out var to) || !to.IsSipOrSips)
            return 400;
        var contacts = new List<BindingRequest>();
        var stars = 0;
        foreach (var value in register.Headers(HeaderName.Contact))
        {
            if (!ContactValue.TryParse(value, out var contact, out _))
                return 400;
            if (contact.IsStar)
            {
                stars++;
                continue;
            }
            if (!contact.TryGetUri(out var uri) || !uri.IsSipOrSips)
                return 400;
            var seconds = contact.Expires ?? register.Expires ?? (uint)options.DefaultExpiresSeconds;
            // A short one may be refused unless it is 0 (RFC 3261 §10.3, step 7).
            if (seconds > 0 && seconds < options.MinExpiresSeconds && seconds < 3600)
                return 423;
            contacts.Add(new BindingRequest(
                Encoding.UTF8.GetString(contact.Uri),
                (int)Math.Min(seconds, (uint)options.MaxExpiresSeconds),
                contact.QThousandths,
                Encoding.UTF8.GetString(contact.Instance),
                (int)Math.Min(contact.RegId ?? 0, int.MaxValue)));
        }
        // The star stands alone, and with Expires: 0 (step 6).
        if (stars > 0 && (stars > 1 || contacts.Count > 0 || register.Expires != 0))
            return 400;
        RemovesAll = stars > 0;
        Contacts = contacts;
        return ReadExtensions(register);
    }

    private int ReadExtensions(SipMessage register)
    {
        var path = new List<string>();
        foreach (var value in register.Headers(HeaderName.Path))
            path.Add(Encoding.UTF8.GetString(value));
        // The device must know that its way is kept (RFC 3327 §5.3).
        if (path.Count > 0 && !register.HasToken(HeaderName.Supported, "path"u8) && !register.HasToken(HeaderName.Require, "path"u8))
            return 421;
        Path = path;
        var supports = register.HasToken(HeaderName.Supported, "outbound"u8) || register.HasToken(HeaderName.Require, "outbound"u8);
        foreach (var contact in Contacts)
            IsOutbound |= supports && contact.RegId > 0 && contact.Instance.Length > 0;
        // A reg-id through a first hop that keeps no flow (RFC 5626 §6).
        return IsOutbound && path.Count > 0 && !path[0].Contains(";ob", StringComparison.OrdinalIgnoreCase) ? 439 : 0;
    }
}
