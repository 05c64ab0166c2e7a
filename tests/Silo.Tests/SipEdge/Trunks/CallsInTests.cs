using System.Net;
using System.Text;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Silo.Tests.SipEdge.Trunks;

/// <summary>Calls from the outside: whom they reach, whom they are shown to be from, and who is believed to be a gateway.</summary>
[Trait("Feature", "XFR-09")]
public sealed class CallsInTests
{
    [Fact]
    public async Task A_call_from_outside_rings_the_user_whose_number_it_is()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = TestTrunk.Gateway(world);
        var bob = await world.Registered("102");
        var calling = await gateway.Call(TestTrunk.Ours, authenticate: false, uri: $"sip:{TestTrunk.Ours}@{world.Udp}", headers: $"P-Asserted-Identity: \"Clara\" <sip:{TestTrunk.Theirs}@provider.example>\r\n");
        var ringing = await bob.NextCall();
        Assert.Equal($"sip:{TestTrunk.Theirs}@acme.example", Text(ringing.Invite!.From.Uri));
        Assert.Equal("Clara", ringing.Invite.From.DisplayName);
        ringing.Ring();
        Assert.Equal(180, (await calling.Next(SessionEventKind.Progress)).Status);
        ringing.Answer();
        var answered = await calling.Next(SessionEventKind.Answered);
        Assert.Null(answered.Message!.HeaderText(HeaderName.PAssertedIdentity));
        await ringing.Next(SessionEventKind.Acknowledged);

        // Outside they have no say in who talks to whom.
        calling.Refer("<sip:103@acme.example>");
        Assert.Equal(403, (await calling.Next(SessionEventKind.Response)).Status);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await ringing.Next(SessionEventKind.Ended)).End);
        var entry = Assert.Single((await world.Over()).History);
        Assert.Equal(("102", CallDirection.Inbound, TestTrunk.Theirs, TestTrunk.Ours, CallEnd.Completed), (entry.Extension, entry.Direction, entry.Peer.Number, entry.Line, entry.End));
    }

    [Theory]
    [InlineData("sip:anonymous@anonymous.invalid", "", "", "anonymous")]
    [InlineData("sip:101@198.51.100.1", "", "", "anonymous")]
    [InlineData("sip:*43@198.51.100.1", "", "", "anonymous")]
    [InlineData("sip:+494412345@198.51.100.1", "Privacy: id\r\n", "", "anonymous")]
    [InlineData("sip:+494412345@198.51.100.1", "P-Asserted-Identity: <sip:103@provider.example>\r\n", "", "+494412345")]
    [InlineData("sip:4412345@198.51.100.1", "", "0", "04412345")]
    [InlineData("sip:+494412345@198.51.100.1", "", "0", "+494412345")]
    public async Task Who_calls_from_outside_is_shown_by_a_number_that_can_be_called_or_by_none(string from, string headers, string prefix, string shown)
    {
        await using var world = await EdgeWorld.Start();
        var gateway = TestTrunk.Gateway(world, trunk => trunk with { CallerPrefix = prefix });
        gateway.SaysItIs = from;
        var bob = await world.Registered("102");
        var calling = await gateway.Call(TestTrunk.Ours, authenticate: false, uri: $"sip:{TestTrunk.Ours}@{world.Udp}", headers: headers);
        var ringing = await bob.NextCall();
        Assert.Equal($"sip:{shown}@acme.example", Text(ringing.Invite!.From.Uri));
        ringing.Reject(486);
        Assert.Equal(486, (await calling.Next(SessionEventKind.Ended)).Status);
    }

    [Fact]
    public async Task What_does_not_come_from_the_gateway_or_is_not_for_a_number_of_ours_is_refused()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = TestTrunk.Gateway(world);
        var bob = await world.Registered("102");
        async Task Refused(int status, TestPhone phone, string number, string headers = "")
        {
            var calling = await phone.Call(number, authenticate: false, uri: $"sip:{number}@acme.example", headers: headers);
            Assert.Equal(status, (await calling.Next(SessionEventKind.Ended)).Status);
        }

        await Refused(404, gateway, "+493099999");
        await Refused(404, gateway, "102");
        await Refused(404, gateway, "004412345");
        await Refused(404, gateway, "*43");
        await Refused(403, gateway, TestTrunk.Ours, "Replaces: a;to-tag=b;from-tag=c\r\n");
        // Another address, somebody who says that they are one of us, and one who shows a password that is none.
        await Refused(401, world.Phone("stranger", "", from: IPAddress.Parse("127.0.6.1")), TestTrunk.Ours);
        gateway.SaysItIs = "sip:101@acme.example";
        await Refused(401, gateway, TestTrunk.Ours);
        gateway.SaysItIs = null;
        await Refused(401, gateway, TestTrunk.Ours, "Authorization: Digest username=\"x\", realm=\"acme.example\", nonce=\"x\", uri=\"sip:x\", response=\"00000000000000000000000000000000\"\r\n");
        Assert.False(bob.HasCall);
        Assert.Empty(world.Journal.All);
    }

    [Fact]
    public async Task A_phone_in_the_gateways_network_signs_in_and_calls_as_everywhere()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = TestTrunk.Gateway(world);
        var (ann, bob) = (await world.Registered("101", from: TestTrunk.Far), await world.Registered("102"));
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        Assert.Equal("sip:101@acme.example", Text(ringing.Invite!.From.Uri));
        ringing.Reject(486);
        Assert.Equal(486, (await calling.Next(SessionEventKind.Ended)).Status);
        Assert.False(gateway.HasCall);
    }

    [Fact]
    public async Task A_gateway_goes_on_from_another_address_of_its_network_and_nobody_else_does()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = TestTrunk.Gateway(world);
        var calling = await (await world.Registered("101")).Call("004412345");
        var outside = await gateway.NextCall();
        outside.Answer();
        await calling.Next(SessionEventKind.Answered);
        await outside.Next(SessionEventKind.Acknowledged);

        var stranger = world.Phone("stranger", "", from: IPAddress.Parse("127.0.6.1"));
        var (refused, _) = await stranger.Exchange(SipMethod.Info, InDialogOf(outside), authenticate: false);
        Assert.Equal(403, refused);
        var other = world.Phone("other", "", from: TestTrunk.Far);
        var (taken, _) = await other.Exchange(SipMethod.Info, InDialogOf(outside), authenticate: false);
        Assert.Equal(200, taken);
        calling.Hangup();
        await world.Over();
    }

    /// <summary>A request in the dialog that the gateway has, from wherever it is sent.</summary>
    private static OutgoingRequest InDialogOf(TestCall call)
    {
        var dialog = call.Session.Dialog!;
        var invite = call.Invite!;
        return new OutgoingRequest(Encoding.UTF8.GetBytes(ContactOf(invite)), Encoding.UTF8.GetBytes(invite.HeaderText(HeaderName.To)!), Encoding.UTF8.GetBytes(invite.HeaderText(HeaderName.From)!))
        {
            CallId = dialog.CallId.ToArray(),
            FromTag = dialog.LocalTag.ToArray(),
        };
    }

    private static string ContactOf(SipMessage invite)
    {
        var contact = invite.HeaderText(HeaderName.Contact)!;
        return contact[(contact.IndexOf('<', StringComparison.Ordinal) + 1)..contact.IndexOf('>', StringComparison.Ordinal)];
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
