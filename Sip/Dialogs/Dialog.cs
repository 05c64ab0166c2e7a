using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Subscriptions;
using Webphone.Sip.Transactions;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Dialogs;

/// <summary>
/// One dialog, <see href="https://www.rfc-editor.org/rfc/rfc3261#section-12">RFC 3261 §12</see>: who the two sides are, the numbers that order their requests,
/// and the way that requests take. Early until a 2xx confirms it.
/// </summary>
public sealed class Dialog
{
    private static readonly byte[][] NoRoutes = [];

    internal OfferAnswer Offers;
    internal uint RemoteRSeq;
    private long _remoteCSeq = -1;

    private Dialog(byte[] callId, byte[] local, byte[] localTag, byte[] remote, byte[] remoteTag)
    {
        CallId = callId;
        Local = local;
        LocalTag = localTag;
        Remote = remote;
        RemoteTag = remoteTag;
    }

    public byte[] CallId { get; }

    /// <summary>Our From value, tag included.</summary>
    public byte[] Local { get; }

    public byte[] LocalTag { get; }

    /// <summary>Our To value, tag included.</summary>
    public byte[] Remote { get; }

    /// <summary>Empty for a peer of RFC 2543.</summary>
    public byte[] RemoteTag { get; }

    /// <summary>The number of our last request.</summary>
    public uint LocalCSeq { get; private set; }

    /// <summary>The other side's Contact: the Request-URI of our requests.</summary>
    public byte[] RemoteTarget { get; private set; } = [];

    /// <summary>The Route values of our requests, in their order.</summary>
    public byte[][] RouteSet { get; private set; } = NoRoutes;

    /// <summary>Made by a request to a sips URI over TLS.</summary>
    public bool IsSecure { get; private init; }

    public bool IsEarly { get; private set; } = true;

    /// <summary>The flow that our requests go out by: the one that the other side was last heard on.</summary>
    public SipFlow Flow { get; set; }

    internal UInt128 Key { get; private set; }

    /// <summary>The callee's side, from the request that makes the dialog (RFC 3261 §12.1.1).</summary>
    internal static Dialog ForCallee(in HashSeed seed, SipMessage request, byte[] localTag, in SipFlow flow)
    {
        var to = request.Headers(HeaderName.To).First;
        var dialog = new Dialog(
            request.CallId.ToArray(), [.. to, .. ";tag="u8, .. localTag], localTag, request.Headers(HeaderName.From).First.ToArray(), request.FromTag.ToArray())
        {
            IsSecure = flow.IsSecure && request.TryGetRequestUri(out var uri) && uri.Scheme == UriScheme.Sips,
            Flow = flow,
            _remoteCSeq = request.CSeqNumber,
        };
        dialog.LocalCSeq = 0;
        dialog.Key = DialogTable.KeyOf(seed, dialog.CallId, localTag, dialog.RemoteTag);
        dialog.RefreshTarget(request);

        // RFC 2543 knew calls without Contact: their requests go where From says.
        if (dialog.RemoteTarget.Length == 0)
            dialog.RemoteTarget = request.From.Uri.ToArray();
        dialog.RouteSet = Routes(request, reversed: false);
        return dialog;
    }

    /// <summary>The caller's side, from the response that makes the dialog (RFC 3261 §12.1.2).</summary>
    internal static Dialog ForCaller(
        in HashSeed seed, SipMessage response, byte[] local, byte[] localTag, uint localCSeq, ReadOnlySpan<byte> requestUri, in SipFlow flow)
    {
        var dialog = new Dialog(
            response.CallId.ToArray(), local, localTag, response.Headers(HeaderName.To).First.ToArray(), response.ToTag.ToArray())
        {
            IsSecure = flow.IsSecure && requestUri.StartsWith("sips:"u8),
            Flow = flow,
        };
        dialog.LocalCSeq = localCSeq;
        dialog.RemoteTarget = requestUri.ToArray();
        dialog.Key = DialogTable.KeyOf(seed, dialog.CallId, localTag, dialog.RemoteTag);
        dialog.RefreshTarget(response);
        dialog.RouteSet = Routes(response, reversed: true);
        return dialog;
    }

    /// <summary>A dialog of an earlier run of the process: numbers go on above those that it may have used.</summary>
    internal static Dialog Restored(in HashSeed seed, SubscriptionRecord record, uint localCSeq, in SipFlow flow)
    {
        var dialog = new Dialog(
            Encoding.UTF8.GetBytes(record.CallId), Encoding.UTF8.GetBytes(record.Local), Encoding.UTF8.GetBytes(record.LocalTag), Encoding.UTF8.GetBytes(record.Remote),
            Encoding.UTF8.GetBytes(record.RemoteTag))
        {
            IsSecure = record.IsSecure,
            Flow = flow,
            _remoteCSeq = record.RemoteCSeq,
            IsEarly = false,
            LocalCSeq = localCSeq,
            RemoteTarget = Encoding.UTF8.GetBytes(record.RemoteTarget),
            RouteSet = [.. record.Routes.Select(Encoding.UTF8.GetBytes)],
        };
        dialog.Key = DialogTable.KeyOf(seed, dialog.CallId, dialog.LocalTag, dialog.RemoteTag);
        return dialog;
    }

    /// <summary>The number of the last request of the other side.</summary>
    internal long RemoteCSeq => _remoteCSeq;

    /// <summary>A 2xx confirms the dialog: the caller takes the route set anew from it (RFC 3261 §13.2.2.4).</summary>
    internal void Confirm(SipMessage? response = null)
    {
        IsEarly = false;
        if (response is null)
            return;
        RouteSet = Routes(response, reversed: true);
        RefreshTarget(response);
    }

    /// <summary>The number of our next request; ACK and CANCEL take that of their INVITE instead.</summary>
    internal uint NextCSeq() => ++LocalCSeq;

    /// <summary>Takes the number of a request from the other side; false if it is not above the last one (500, RFC 3261 §12.2.2).</summary>
    internal bool TakeRemoteCSeq(uint number)
    {
        if (number <= _remoteCSeq)
            return false;
        _remoteCSeq = number;
        return true;
    }

    /// <summary>A target refresh (INVITE, UPDATE, their 2xx) may bring a new Contact; one that is no sip URI is not taken.</summary>
    internal void RefreshTarget(SipMessage message)
    {
        if (!message.TryGetContact(out var contact) || contact.IsStar || !contact.TryGetUri(out var uri) || !uri.IsSipOrSips)
            return;
        if (!contact.Uri.SequenceEqual(RemoteTarget))
            RemoteTarget = contact.Uri.ToArray();
    }

    private static byte[][] Routes(SipMessage message, bool reversed)
    {
        var records = message.Headers(HeaderName.RecordRoute);
        if (records.IsEmpty)
            return NoRoutes;
        var routes = new byte[records.Count()][];
        var i = 0;
        foreach (var record in records)
            routes[reversed ? routes.Length - 1 - i++ : i++] = record.ToArray();
        return routes;
    }
}
