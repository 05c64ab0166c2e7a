using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Dialogs;

/// <summary>Writes the head of a request in a dialog (<see href="https://www.rfc-editor.org/rfc/rfc3261#section-12.2.1.1">RFC 3261 §12.2.1.1</see>), for loose and strict routers.</summary>
internal static class DialogWriter
{
    public static void Begin(
        ref SipWriter writer, Dialog dialog, scoped ReadOnlySpan<byte> method, uint cseq, scoped ReadOnlySpan<byte> localAddress, scoped ReadOnlySpan<byte> branch)
    {
        var routes = dialog.RouteSet;
        var strict = routes.Length > 0 && !IsLoose(routes[0], out _);
        if (strict && !IsLoose(routes[0], out var first))
            writer.RequestLine(method, first);
        else
            writer.RequestLine(method, dialog.RemoteTarget);
        writer.Via(dialog.Flow.Transport, localAddress, branch);
        writer.Header(HeaderName.MaxForwards, 70);
        for (var i = strict ? 1 : 0; i < routes.Length; i++)
            writer.Header(HeaderName.Route, routes[i]);
        if (strict)
            writer.Address(HeaderName.Route, "", dialog.RemoteTarget);
        writer.Header(HeaderName.From, dialog.Local);
        writer.Header(HeaderName.To, dialog.Remote);
        writer.Header(HeaderName.CallId, dialog.CallId);
        writer.CSeq(cseq, method);
    }

    /// <summary>Our Contact on a flow. <paramref name="isFocus"/>: a conference is behind it (RFC 4579 §4).</summary>
    public static void Contact(ref SipWriter writer, in SipFlow flow, scoped ReadOnlySpan<byte> localAddress, bool secure, bool isFocus = false)
    {
        writer.BeginHeader(HeaderName.Contact);
        writer.Raw(secure ? "<sips:"u8 : "<sip:"u8);
        writer.Text(localAddress);
        writer.Raw(flow.Transport switch
        {
            SipTransport.Tcp => ";transport=tcp>"u8,
            SipTransport.Tls => secure ? ">"u8 : ";transport=tls>"u8,
            SipTransport.Ws or SipTransport.Wss => ";transport=ws>"u8,
            _ => ">"u8,
        });
        if (isFocus)
            writer.Raw(";isfocus"u8);
        writer.EndLine();
    }

    private static bool IsLoose(ReadOnlySpan<byte> route, out ReadOnlySpan<byte> uriText)
    {
        uriText = default;
        if (!NameAddr.TryParse(route, out var address, out _) || !address.TryGetUri(out var uri))
            return true;
        uriText = address.Uri;
        return uri.IsLooseRouter;
    }
}
