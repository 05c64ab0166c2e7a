using System.Net;
using System.Text;
using Webphone.Sip.Dialogs;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Tests.Dialogs;

/// <summary>How dialogs are made on both sides, and what their requests look like (RFC 3261 §12).</summary>
public sealed class DialogTests
{
    private static readonly HashSeed Seed = new(1, 2);
    private static readonly SipFlow Udp = new(SipTransport.Udp, 1, new IPEndPoint(IPAddress.Loopback, 5070));
    private static readonly SipFlow Tls = new(SipTransport.Tls, 1, new IPEndPoint(IPAddress.Loopback, 5071), 5);
    private const string Routes = "Record-Route: <sip:p1.example;lr>, <sip:p2.example;lr>\r\nRecord-Route: <sip:p3.example;lr>\r\n";

    [Fact]
    public void The_callee_takes_the_routes_in_their_order_and_the_caller_turned_round()
    {
        var callee = Dialog.ForCallee(Seed, Invite(Routes), "local"u8.ToArray(), Udp);
        Assert.Equal(["<sip:p1.example;lr>", "<sip:p2.example;lr>", "<sip:p3.example;lr>"], callee.RouteSet.Select(Encoding.ASCII.GetString));
        var caller = Caller(Response(Routes));
        Assert.Equal(["<sip:p3.example;lr>", "<sip:p2.example;lr>", "<sip:p1.example;lr>"], caller.RouteSet.Select(Encoding.ASCII.GetString));
    }

    [Fact]
    public void A_request_through_loose_routers_names_the_remote_target()
    {
        var lines = Lines(Caller(Response(Routes)));
        Assert.Equal("BYE sip:bob@192.0.2.2:5080 SIP/2.0", lines[0]);
        Assert.Equal(["Route: <sip:p3.example;lr>", "Route: <sip:p2.example;lr>", "Route: <sip:p1.example;lr>"], lines.Where(l => l.StartsWith("Route", StringComparison.Ordinal)));
        Assert.Contains("From: <sip:ann@a.example>;tag=mine", lines);
        Assert.Contains("To: <sip:bob@a.example>;tag=theirs", lines);
        Assert.Contains("CSeq: 8 BYE", lines);
    }

    [Fact]
    public void A_request_to_a_strict_router_has_it_in_the_request_uri_and_the_target_last()
    {
        var lines = Lines(Caller(Response("Record-Route: <sip:p1.example;lr>, <sip:strict.example>\r\n")));
        Assert.Equal("BYE sip:strict.example SIP/2.0", lines[0]);
        Assert.Equal(["Route: <sip:p1.example;lr>", "Route: <sip:bob@192.0.2.2:5080>"], lines.Where(l => l.StartsWith("Route", StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_a_higher_number_is_taken_from_the_other_side()
    {
        var dialog = Dialog.ForCallee(Seed, Invite(""), "local"u8.ToArray(), Udp);
        Assert.False(dialog.TakeRemoteCSeq(6));
        Assert.False(dialog.TakeRemoteCSeq(7));
        Assert.True(dialog.TakeRemoteCSeq(9));
        Assert.False(dialog.TakeRemoteCSeq(8));
        var caller = Caller(Response(""));
        Assert.True(caller.TakeRemoteCSeq(1));
    }

    [Fact]
    public void A_new_contact_moves_the_target_and_an_unusable_one_does_not()
    {
        var dialog = Dialog.ForCallee(Seed, Invite(""), "local"u8.ToArray(), Udp);
        dialog.RefreshTarget(Invite("", contact: "<sip:ann@192.0.2.9>"));
        Assert.Equal("sip:ann@192.0.2.9", Encoding.ASCII.GetString(dialog.RemoteTarget));
        dialog.RefreshTarget(Invite("", contact: "<tel:101>"));
        Assert.Equal("sip:ann@192.0.2.9", Encoding.ASCII.GetString(dialog.RemoteTarget));
    }

    [Fact]
    public void A_dialog_is_secure_only_by_a_sips_uri_over_tls()
    {
        Assert.True(Dialog.ForCallee(Seed, Invite("", uri: "sips:bob@a.example"), "l"u8.ToArray(), Tls).IsSecure);
        Assert.False(Dialog.ForCallee(Seed, Invite("", uri: "sips:bob@a.example"), "l"u8.ToArray(), Udp).IsSecure);
        Assert.False(Dialog.ForCallee(Seed, Invite(""), "l"u8.ToArray(), Tls).IsSecure);
    }

    [Fact]
    public void The_2xx_confirms_and_brings_the_routes_anew()
    {
        var dialog = Caller(Response(Routes));
        Assert.True(dialog.IsEarly);
        dialog.Confirm(Response("Record-Route: <sip:other.example;lr>\r\n"));
        Assert.False(dialog.IsEarly);
        Assert.Equal("<sip:other.example;lr>", Encoding.ASCII.GetString(Assert.Single(dialog.RouteSet)));
    }

    private static Dialog Caller(SipMessage response) => Dialog.ForCaller(
        Seed, response, "<sip:ann@a.example>;tag=mine"u8.ToArray(), "mine"u8.ToArray(), 7, "sip:bob@a.example"u8, Udp);

    private static string[] Lines(Dialog dialog)
    {
        var writer = new SipWriter(512);
        DialogWriter.Begin(ref writer, dialog, "BYE"u8, dialog.NextCSeq(), "192.0.2.1:5060"u8, "z9hG4bKx"u8);
        writer.NoBody();
        var bytes = writer.ToArray();
        writer.Dispose();
        Assert.True(SipMessage.TryParse(bytes, out _, out var error), error.ToString());
        return Encoding.ASCII.GetString(bytes).Split("\r\n");
    }

    private static SipMessage Invite(string headers, string uri = "sip:bob@a.example", string contact = "<sip:ann@192.0.2.1>") => Parse(
        $"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:ann@a.example>;tag=mine\r\nTo: <sip:bob@a.example>\r\n"
        + $"Call-ID: c\r\nCSeq: 7 INVITE\r\nContact: {contact}\r\n{headers}Content-Length: 0\r\n\r\n");

    private static SipMessage Response(string headers) => Parse(
        "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:ann@a.example>;tag=mine\r\nTo: <sip:bob@a.example>;tag=theirs\r\n"
        + $"Call-ID: c\r\nCSeq: 7 INVITE\r\nContact: <sip:bob@192.0.2.2:5080>\r\n{headers}Content-Length: 0\r\n\r\n");

    private static SipMessage Parse(string text)
    {
        Assert.True(SipMessage.TryParse(Encoding.ASCII.GetBytes(text), out var message, out var error), error.ToString());
        return message!;
    }
}
