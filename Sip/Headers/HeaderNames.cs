using System.Text;

namespace Webphone.Sip.Headers;

/// <summary>Spelling, compact form and nature of every known header, and the lookup from bytes.</summary>
public static class HeaderNames
{
    [Flags]
    private enum Nature : byte
    {
        /// <summary>May come once only: a second line is an attack or a bug (RFC 3261 §7.3.1).</summary>
        Single = 1,

        /// <summary>Several lines mean the same as one line with commas.</summary>
        List = 2,

        /// <summary>Several lines may come, but a comma does not separate values (challenges, credentials).</summary>
        Lines = 4,
    }

    private static readonly Entry[] Entries = BuildEntries();
    private static readonly HeaderNameLookup Lookup = new(Table().Select(row => (row.Name, Entries[(int)row.Name].Text, row.Compact)));
    private static readonly bool[] Singles = [.. Entries.Select(entry => (entry.Nature & Nature.Single) != 0)];

    /// <summary>The name that the bytes spell, in any case and in the compact form; <see cref="HeaderName.Unknown"/> if none.</summary>
    public static HeaderName Parse(ReadOnlySpan<byte> name) => Lookup.Find(name);

    /// <summary>The canonical spelling; empty for <see cref="HeaderName.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> Text(this HeaderName name) => Entries[(int)name].Text;

    /// <summary>True where commas separate values, so that several lines equal one.</summary>
    public static bool IsList(this HeaderName name) => (Entries[(int)name].Nature & Nature.List) != 0;

    /// <summary>True where a second line makes the message invalid.</summary>
    public static bool IsSingle(this HeaderName name) => Singles[(int)name];

    /// <summary>The spelling followed by ": ", ready to be written.</summary>
    internal static ReadOnlySpan<byte> Prefix(this HeaderName name) => Entries[(int)name].Prefix;

    private static Entry[] BuildEntries()
    {
        var entries = new Entry[(int)HeaderName.WwwAuthenticate + 1];
        entries[0] = new Entry([], [], Nature.Lines);
        foreach (var (name, text, _, nature) in Table())
            entries[(int)name] = new Entry(Encoding.ASCII.GetBytes(text), Encoding.ASCII.GetBytes(text + ": "), nature);
        return entries;
    }

    private static (HeaderName Name, string Text, char? Compact, Nature Nature)[] Table() =>
    [
        (HeaderName.Accept, "Accept", null, Nature.List),
        (HeaderName.AcceptContact, "Accept-Contact", 'a', Nature.List),
        (HeaderName.AcceptEncoding, "Accept-Encoding", null, Nature.List),
        (HeaderName.AcceptLanguage, "Accept-Language", null, Nature.List),
        (HeaderName.AlertInfo, "Alert-Info", null, Nature.List),
        (HeaderName.Allow, "Allow", null, Nature.List),
        (HeaderName.AllowEvents, "Allow-Events", 'u', Nature.List),
        (HeaderName.AuthenticationInfo, "Authentication-Info", null, Nature.Lines),
        (HeaderName.Authorization, "Authorization", null, Nature.Lines),
        (HeaderName.CallId, "Call-ID", 'i', Nature.Single),
        (HeaderName.CallInfo, "Call-Info", null, Nature.List),
        (HeaderName.Contact, "Contact", 'm', Nature.List),
        (HeaderName.ContentDisposition, "Content-Disposition", null, Nature.Single),
        (HeaderName.ContentEncoding, "Content-Encoding", 'e', Nature.List),
        (HeaderName.ContentLanguage, "Content-Language", null, Nature.List),
        (HeaderName.ContentLength, "Content-Length", 'l', Nature.Single),
        (HeaderName.ContentType, "Content-Type", 'c', Nature.Single),
        (HeaderName.CSeq, "CSeq", null, Nature.Single),
        (HeaderName.Date, "Date", null, Nature.Single),
        (HeaderName.Diversion, "Diversion", null, Nature.List),
        (HeaderName.ErrorInfo, "Error-Info", null, Nature.List),
        (HeaderName.Event, "Event", 'o', Nature.Single),
        (HeaderName.Expires, "Expires", null, Nature.Single),
        (HeaderName.FlowTimer, "Flow-Timer", null, Nature.Single),
        (HeaderName.From, "From", 'f', Nature.Single),
        (HeaderName.HistoryInfo, "History-Info", null, Nature.List),
        (HeaderName.Identity, "Identity", 'y', Nature.Lines),
        (HeaderName.InReplyTo, "In-Reply-To", null, Nature.List),
        (HeaderName.InfoPackage, "Info-Package", null, Nature.Single),
        (HeaderName.Join, "Join", null, Nature.Single),
        (HeaderName.MaxForwards, "Max-Forwards", null, Nature.Single),
        (HeaderName.MimeVersion, "MIME-Version", null, Nature.Single),
        (HeaderName.MinExpires, "Min-Expires", null, Nature.Single),
        (HeaderName.MinSE, "Min-SE", null, Nature.Single),
        (HeaderName.Organization, "Organization", null, Nature.Lines),
        (HeaderName.PAccessNetworkInfo, "P-Access-Network-Info", null, Nature.List),
        (HeaderName.PAssertedIdentity, "P-Asserted-Identity", null, Nature.List),
        (HeaderName.PCalledPartyId, "P-Called-Party-ID", null, Nature.Single),
        (HeaderName.PChargingVector, "P-Charging-Vector", null, Nature.Single),
        (HeaderName.PPreferredIdentity, "P-Preferred-Identity", null, Nature.List),
        (HeaderName.Path, "Path", null, Nature.List),
        (HeaderName.Priority, "Priority", null, Nature.Lines),
        (HeaderName.Privacy, "Privacy", null, Nature.Lines),
        (HeaderName.ProxyAuthenticate, "Proxy-Authenticate", null, Nature.Lines),
        (HeaderName.ProxyAuthorization, "Proxy-Authorization", null, Nature.Lines),
        (HeaderName.ProxyRequire, "Proxy-Require", null, Nature.List),
        (HeaderName.RAck, "RAck", null, Nature.Single),
        (HeaderName.Reason, "Reason", null, Nature.List),
        (HeaderName.RecordRoute, "Record-Route", null, Nature.List),
        (HeaderName.RecvInfo, "Recv-Info", null, Nature.List),
        (HeaderName.ReferSub, "Refer-Sub", null, Nature.Single),
        (HeaderName.ReferTo, "Refer-To", 'r', Nature.Single),
        (HeaderName.ReferredBy, "Referred-By", 'b', Nature.Single),
        (HeaderName.RejectContact, "Reject-Contact", 'j', Nature.List),
        (HeaderName.RemotePartyId, "Remote-Party-ID", null, Nature.List),
        (HeaderName.Replaces, "Replaces", null, Nature.Single),
        (HeaderName.ReplyTo, "Reply-To", null, Nature.Single),
        (HeaderName.RequestDisposition, "Request-Disposition", 'd', Nature.List),
        (HeaderName.Require, "Require", null, Nature.List),
        (HeaderName.RetryAfter, "Retry-After", null, Nature.Single),
        (HeaderName.Route, "Route", null, Nature.List),
        (HeaderName.RSeq, "RSeq", null, Nature.Single),
        (HeaderName.Server, "Server", null, Nature.Lines),
        (HeaderName.ServiceRoute, "Service-Route", null, Nature.List),
        (HeaderName.SessionExpires, "Session-Expires", 'x', Nature.Single),
        (HeaderName.SipETag, "SIP-ETag", null, Nature.Single),
        (HeaderName.SipIfMatch, "SIP-If-Match", null, Nature.Single),
        (HeaderName.Subject, "Subject", 's', Nature.Lines),
        (HeaderName.SubscriptionState, "Subscription-State", null, Nature.Single),
        (HeaderName.Supported, "Supported", 'k', Nature.List),
        (HeaderName.TargetDialog, "Target-Dialog", null, Nature.Single),
        (HeaderName.Timestamp, "Timestamp", null, Nature.Single),
        (HeaderName.To, "To", 't', Nature.Single),
        (HeaderName.Unsupported, "Unsupported", null, Nature.List),
        (HeaderName.UserAgent, "User-Agent", null, Nature.Lines),
        (HeaderName.Via, "Via", 'v', Nature.List),
        (HeaderName.Warning, "Warning", null, Nature.List),
        (HeaderName.WwwAuthenticate, "WWW-Authenticate", null, Nature.Lines),
    ];

    private readonly record struct Entry(byte[] Text, byte[] Prefix, Nature Nature);
}
