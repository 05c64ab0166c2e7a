using System.Net;
using System.Text;
using Webphone.Sip.Messages;
using Webphone.Sip.Registration;
using Webphone.Sip.Stack;

namespace Webphone.Sip.Tests.Registration;

public sealed class RegistrarTests
{
    private static readonly RegistrationOptions Options = new();
    private static readonly SipFlow Flow = new(SipTransport.Udp, 1, new IPEndPoint(IPAddress.Loopback, 5070));
    private IReadOnlyList<Binding> _bindings = [];
    private uint _cseq;

    [Fact]
    public void A_new_contact_is_added_and_the_same_again_only_refreshes_it()
    {
        var first = Register("Contact: <sip:101@192.0.2.1>;expires=600");
        Assert.Equal((200, RegistrationChange.Added, true), (first.Status, first.Change, first.MustSave));
        var second = Register("Contact: <sip:101@192.0.2.1>;expires=600", nowMs: 1000);
        Assert.Equal((200, RegistrationChange.Refreshed, false), (second.Status, second.Change, second.MustSave));
        Assert.Equal(601_000, _bindings[0].ExpiresAtMs);
    }

    [Fact]
    public void The_parameter_goes_before_the_header_and_the_header_before_the_default()
    {
        Register("Contact: <sip:1@a>;expires=100, <sip:2@a>\r\nExpires: 200");
        Register("Contact: <sip:3@a>");
        Register("Contact: <sip:4@a>;expires=99999999");
        Assert.Equal([100_000, 200_000, 3_600_000, 7_200_000], _bindings.Select(b => b.ExpiresAtMs));
    }

    [Fact]
    public void Too_short_an_interval_gets_423_with_what_is_enough()
    {
        Assert.Equal(423, Register("Contact: <sip:1@a>;expires=59").Status);
        Assert.Equal("Min-Expires: 60\r\n", Text(Registrar.Refuse(new HeaderLines(), 423, Options)));
        Assert.Equal(200, Register("Contact: <sip:1@a>;expires=60").Status);
    }

    [Theory]
    [InlineData("Contact: *\r\nExpires: 0", 200)]
    [InlineData("Contact: *", 400)]
    [InlineData("Contact: *\r\nExpires: 60", 400)]
    [InlineData("Contact: *, <sip:1@a>\r\nExpires: 0", 400)]
    [InlineData("Contact: <mailto:a@b>", 400)]
    [InlineData("Contact: <sip:1@a>;expires=600\r\nPath: <sip:p1;lr>", 421)]
    [InlineData("Contact: <sip:1@a>;expires=600\r\nPath: <sip:p1;lr>\r\nSupported: path", 200)]
    [InlineData("Contact: <sip:1@a>;reg-id=1;+sip.instance=\"<urn:x>\"\r\nPath: <sip:p1;lr>\r\nSupported: path, outbound", 439)]
    [InlineData("Contact: <sip:1@a>;reg-id=1;+sip.instance=\"<urn:x>\"\r\nPath: <sip:p1;lr;ob>\r\nSupported: path, outbound", 200)]
    public void The_rules_of_the_request_hold(string headers, int status) => Assert.Equal(status, Register(headers).Status);

    [Fact]
    public void A_star_removes_all_and_expires_0_removes_one()
    {
        Register("Contact: <sip:1@a>, <sip:2@a>");
        Assert.Equal(RegistrationChange.Removed, Register("Contact: <sip:1@a>;expires=0").Change);
        Assert.Equal("sip:2@a", Assert.Single(_bindings).Uri);
        Assert.Equal(RegistrationChange.Removed, Register("Contact: *\r\nExpires: 0").Change);
        Assert.Empty(_bindings);
        Assert.Equal(RegistrationChange.None, Register("Contact: <sip:1@a>;expires=0").Change);
    }

    [Fact]
    public void An_older_request_of_the_same_call_changes_nothing_at_all()
    {
        Register("Contact: <sip:1@a>");
        _cseq -= 1;
        var result = Register("Contact: <sip:3@a>, <sip:1@a>;expires=0");
        Assert.Equal((500, RegistrationChange.None), (result.Status, result.Change));
        Assert.Equal("sip:1@a", Assert.Single(_bindings).Uri);
    }

    [Fact]
    public void A_device_that_moved_keeps_its_binding_by_instance_and_reg_id()
    {
        Register("Contact: <sip:1@192.0.2.1>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"\r\nSupported: outbound");
        var moved = Register("Contact: <sip:1@192.0.2.2>;reg-id=1;+sip.instance=\"<urn:uuid:1>\"\r\nSupported: outbound");
        Assert.Equal(RegistrationChange.Altered, moved.Change);
        Assert.Equal("sip:1@192.0.2.2", Assert.Single(_bindings).Uri);
    }

    [Fact]
    public void Expired_bindings_go_and_too_many_are_refused()
    {
        Register("Contact: <sip:1@a>;expires=60");
        Assert.Equal(RegistrationChange.Removed, Register("", nowMs: 60_000).Change);
        Assert.Empty(_bindings);
        Assert.Equal(403, Register("Contact: " + string.Join(", ", Enumerable.Range(0, 11).Select(i => $"<sip:{i}@a>"))).Status);
        Assert.Equal(200, Register("Contact: " + string.Join(", ", Enumerable.Range(0, 10).Select(i => $"<sip:{i}@a>"))).Status);
    }

    [Fact]
    public void The_answer_lists_all_bindings_with_what_is_left_of_them()
    {
        var message = Message("Contact: <sip:1@a>;expires=600;q=0.5;reg-id=2;+sip.instance=\"<urn:uuid:1>\"\r\nSupported: outbound", 1);
        Assert.True(RegistrationRequest.TryRead(message, Options, out var request, out _));
        var result = Registrar.Apply([], request, Flow, Options, 0);
        Assert.Equal(
            "Contact: <sip:1@a>;expires=590;q=0.500;+sip.instance=\"<urn:uuid:1>\";reg-id=2\r\nRequire: outbound\r\nFlow-Timer: 25\r\n",
            Text(Registrar.Respond(new HeaderLines(), result, request, Options, 10_000)));
    }

    private RegistrationResult Register(string headers, long nowMs = 0)
    {
        if (!RegistrationRequest.TryRead(Message(headers, ++_cseq), Options, out var request, out var status))
            return new RegistrationResult(status, RegistrationChange.None, _bindings);
        var result = Registrar.Apply(_bindings, request, Flow, Options, nowMs);
        _bindings = result.Bindings;
        return result;
    }

    private static SipMessage Message(string headers, uint cseq)
    {
        var text = $"REGISTER sip:a.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{cseq}\r\nFrom: <sip:1@a>;tag=1\r\nTo: <sip:1@a>\r\n"
            + $"Call-ID: c\r\nCSeq: {cseq} REGISTER\r\n{(headers.Length > 0 ? headers + "\r\n" : "")}Content-Length: 0\r\n\r\n";
        Assert.True(SipMessage.TryParse(Encoding.ASCII.GetBytes(text), out var message, out var error), error.ToString());
        return message!;
    }

    private static string Text(SipPayload payload) => Encoding.ASCII.GetString(payload.Headers.Span);
}
