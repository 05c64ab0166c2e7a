using System.Net;
using System.Security.Cryptography;
using System.Text;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Tenants;
using Webphone.Sip.Authentication;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Calls to the outside and from there: a gateway is a phone of ours at an address of its own, which does not register.</summary>
[Trait("Feature", "XFR-09")]
public sealed class TrunkTests
{
    private const string Ours = "+493055501";
    private const string Theirs = "+494412345";
    private static readonly IPAddress Near = IPAddress.Parse("127.0.5.1");
    private static readonly IPAddress Far = IPAddress.Parse("127.0.5.2");

    [Fact]
    public async Task A_number_outside_is_called_by_the_gateway_and_shown_the_callers_number()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = Gateway(world);
        var ann = await world.Registered("101");
        var calling = await ann.Call("00-4412345");
        var outside = await gateway.NextCall();
        var invite = outside.Invite!;
        Assert.Equal($"sip:{Theirs}@{EndPointOf(gateway)}", Text(invite.RequestUri));
        Assert.Equal($"sip:{Ours}@acme.example", Text(invite.From.Uri));
        Assert.Contains($"<sip:{Ours}@acme.example>", invite.HeaderText(HeaderName.PAssertedIdentity), StringComparison.Ordinal);
        outside.Ring();
        Assert.Equal(180, (await calling.Next(SessionEventKind.Progress)).Status);
        outside.Answer();
        await calling.Next(SessionEventKind.Answered);
        await outside.Next(SessionEventKind.Acknowledged);

        // Hold is told to nobody outside: they hear music of ours.
        calling.Offer(TestSdp.Offer(direction: "sendonly", version: 2));
        await calling.Next(SessionEventKind.Answer);
        outside.Offer(TestSdp.Offer(direction: "sendonly", version: 2));
        await outside.Next(SessionEventKind.Answer);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await outside.Next(SessionEventKind.Ended)).End);

        var entry = Assert.Single((await world.Over()).History);
        Assert.Equal(("101", CallDirection.Outbound, "004412345", Ours, CallEnd.Completed), (entry.Extension, entry.Direction, entry.Peer.Number, entry.Line, entry.End));
    }

    [Fact]
    public async Task Who_gives_up_before_the_answer_takes_the_call_back_from_the_gateway()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = Gateway(world);
        var calling = await (await world.Registered("101")).Call("004412345");
        var outside = await gateway.NextCall();
        outside.Ring();
        await calling.Next(SessionEventKind.Progress);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteCancel, (await outside.Next(SessionEventKind.Ended)).End);
        Assert.Equal(CallEnd.Cancelled, Assert.Single((await world.Over()).History).End);
    }

    [Theory]
    [InlineData(302, 480)]
    [InlineData(403, 403)]
    [InlineData(404, 404)]
    [InlineData(484, 404)]
    [InlineData(480, 480)]
    [InlineData(486, 486)]
    [InlineData(500, 500)]
    [InlineData(503, 503)]
    [InlineData(603, 603)]
    public async Task What_the_gateway_says_no_with_the_caller_hears(int said, int heard)
    {
        await using var world = await EdgeWorld.Start();
        var gateway = Gateway(world);
        var calling = await (await world.Registered("101")).Call("004412345");
        (await gateway.NextCall()).Reject(said);
        Assert.Equal(heard, (await calling.Next(SessionEventKind.Ended)).Status);
        await world.Over();
        Assert.False(gateway.HasCall);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(407)]
    public async Task A_challenge_is_answered_with_the_trunks_password_and_only_once(int status)
    {
        await using var world = await EdgeWorld.Start();
        var gateway = Gateway(world, trunk => trunk with { Credentials = new TrunkCredentials("acme", "word") });
        var calling = await (await world.Registered("101")).Call("004412345");
        var first = await gateway.NextCall();
        Assert.False(first.Invite!.Has(HeaderName.Authorization) || first.Invite.Has(HeaderName.ProxyAuthorization));
        var authenticator = new DigestAuthenticator(RandomNumberGenerator.GetBytes(NonceMint.KeyBytes), TimeSpan.FromMinutes(1));
        Challenge(first, status, authenticator);

        var second = await gateway.NextCall();
        var header = status == 401 ? HeaderName.Authorization : HeaderName.ProxyAuthorization;
        Assert.True(DigestCredentials.TryFind(second.Invite!, header, "provider", out var credentials));
        Assert.Equal("acme", credentials.Username);
        Assert.Equal(
            DigestOutcome.Accepted,
            authenticator.Verify(credentials, DigestAlgorithm.Sha256.Ha1("acme", "provider", "word"), "provider", [DigestAlgorithm.Sha256], "INVITE"u8, second.Invite!.RequestUri, DateTimeOffset.UtcNow));
        Assert.Equal(Text(first.Invite.CallId), Text(second.Invite.CallId));
        Assert.Equal(first.Invite.CSeqNumber + 1, second.Invite.CSeqNumber);
        Challenge(second, status, authenticator);
        Assert.Equal(500, (await calling.Next(SessionEventKind.Ended)).Status);
        await world.Over();
        Assert.False(gateway.HasCall);
    }

    [Fact]
    public async Task Without_a_password_a_challenge_is_not_answered()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = Gateway(world);
        var calling = await (await world.Registered("101")).Call("004412345");
        Challenge(await gateway.NextCall(), 407, new DigestAuthenticator(RandomNumberGenerator.GetBytes(NonceMint.KeyBytes), TimeSpan.FromMinutes(1)));
        Assert.Equal(500, (await calling.Next(SessionEventKind.Ended)).Status);
    }

    [Fact]
    public async Task The_next_gateway_is_called_when_one_is_too_busy_or_not_there()
    {
        await using var world = await EdgeWorld.Start();
        var (busy, free) = (world.Phone("busy", "", from: Near), world.Phone("free", "", from: Far));
        // Nobody takes connections there.
        var closed = new System.Net.Sockets.TcpListener(Near, 0);
        closed.Start();
        var nobody = $"sip:{closed.LocalEndpoint};transport=tcp";
        closed.Stop();
        world.Directory.AddTrunk(Trunk(nobody, $"sip:{EndPointOf(busy)}", $"sip:{EndPointOf(free)}"));
        var calling = await (await world.Registered("101")).Call("004412345");
        (await busy.NextCall()).Reject(503);
        var outside = await free.NextCall();
        Assert.Equal($"sip:{Theirs}@{EndPointOf(free)}", Text(outside.Invite!.RequestUri));
        outside.Answer();
        await calling.Next(SessionEventKind.Answered);
        await outside.Next(SessionEventKind.Acknowledged);
        outside.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        Assert.Equal(CallEnd.Completed, Assert.Single((await world.Over()).History).End);
    }

    [Fact]
    public async Task The_next_gateway_is_called_when_one_says_nothing()
    {
        await using var world = await EdgeWorld.Start();
        using var silent = new System.Net.Sockets.UdpClient(new IPEndPoint(Near, 0));
        var free = world.Phone("free", "", from: Far);
        world.Directory.AddTrunk(Trunk($"sip:{silent.Client.LocalEndPoint}", $"sip:{EndPointOf(free)}"));
        var calling = await (await world.Registered("101")).Call("004412345");
        var outside = await free.NextCall();
        outside.Answer();
        await calling.Next(SessionEventKind.Answered);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await outside.Next(SessionEventKind.Ended)).End);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0);
    }

    [Fact]
    public async Task A_call_from_outside_rings_the_user_whose_number_it_is()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = Gateway(world);
        var bob = await world.Registered("102");
        var calling = await gateway.Call(Ours, authenticate: false, uri: $"sip:{Ours}@{world.Udp}", headers: $"P-Asserted-Identity: \"Clara\" <sip:{Theirs}@provider.example>\r\n");
        var ringing = await bob.NextCall();
        Assert.Equal($"sip:{Theirs}@acme.example", Text(ringing.Invite!.From.Uri));
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
        Assert.Equal(("102", CallDirection.Inbound, Theirs, Ours, CallEnd.Completed), (entry.Extension, entry.Direction, entry.Peer.Number, entry.Line, entry.End));
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
        var gateway = Gateway(world, trunk => trunk with { CallerPrefix = prefix });
        gateway.SaysItIs = from;
        var bob = await world.Registered("102");
        var calling = await gateway.Call(Ours, authenticate: false, uri: $"sip:{Ours}@{world.Udp}", headers: headers);
        var ringing = await bob.NextCall();
        Assert.Equal($"sip:{shown}@acme.example", Text(ringing.Invite!.From.Uri));
        ringing.Reject(486);
        Assert.Equal(486, (await calling.Next(SessionEventKind.Ended)).Status);
    }

    [Fact]
    public async Task What_does_not_come_from_the_gateway_or_is_not_for_a_number_of_ours_is_refused()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = Gateway(world);
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
        await Refused(403, gateway, Ours, "Replaces: a;to-tag=b;from-tag=c\r\n");
        // Another address, somebody who says that they are one of us, and one who shows a password that is none.
        await Refused(401, world.Phone("stranger", "", from: IPAddress.Parse("127.0.6.1")), Ours);
        gateway.SaysItIs = "sip:101@acme.example";
        await Refused(401, gateway, Ours);
        gateway.SaysItIs = null;
        await Refused(401, gateway, Ours, "Authorization: Digest username=\"x\", realm=\"acme.example\", nonce=\"x\", uri=\"sip:x\", response=\"00000000000000000000000000000000\"\r\n");
        Assert.False(bob.HasCall);
        Assert.Empty(world.Journal.All);
    }

    [Fact]
    public async Task A_phone_in_the_gateways_network_signs_in_and_calls_as_everywhere()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = Gateway(world);
        var (ann, bob) = (await world.Registered("101", from: Far), await world.Registered("102"));
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
        var gateway = Gateway(world);
        var calling = await (await world.Registered("101")).Call("004412345");
        var outside = await gateway.NextCall();
        outside.Answer();
        await calling.Next(SessionEventKind.Answered);
        await outside.Next(SessionEventKind.Acknowledged);

        var stranger = world.Phone("stranger", "", from: IPAddress.Parse("127.0.6.1"));
        var (refused, _) = await stranger.Exchange(SipMethod.Info, InDialogOf(outside), authenticate: false);
        Assert.Equal(403, refused);
        var other = world.Phone("other", "", from: Far);
        var (taken, _) = await other.Exchange(SipMethod.Info, InDialogOf(outside), authenticate: false);
        Assert.Equal(200, taken);
        calling.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task A_blind_transfer_connects_the_caller_with_the_outside_and_comes_back_when_that_is_busy_or_unknown()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = Gateway(world);
        var (calling, talking) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        foreach (var (status, heard) in new[] { (486, "SIP/2.0 486 Busy Here"), (404, "SIP/2.0 404 Not Found") })
        {
            talking.Refer("<sip:004412345@acme.example>");
            Assert.Equal(202, (await talking.Next(SessionEventKind.Response)).Status);
            await talking.NextNotify();
            (await gateway.NextCall()).Reject(status);
            Assert.Equal(heard, (await talking.NextNotify()).Line);
        }

        talking.Refer("<sip:004412345@acme.example>");
        await talking.NextNotify();
        var outside = await gateway.NextCall();
        outside.Ring();
        Assert.Equal("SIP/2.0 200 OK", (await talking.NextNotify()).Line);
        await talking.Next(SessionEventKind.Ended);
        outside.Answer();
        await outside.Next(SessionEventKind.Acknowledged);
        outside.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        Assert.Equal(["101 Outbound 004412345", "102 Inbound 101"], Texts((await world.Over()).History));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_attended_transfer_connects_somebody_outside_with_somebody_else_outside(bool answered)
    {
        await using var world = await EdgeWorld.Start();
        var gateway = Gateway(world);
        var bob = await world.Registered("102");
        var calling = await gateway.Call(Ours, authenticate: false, uri: $"sip:{Ours}@{world.Udp}");
        var talking = await bob.NextCall();
        talking.Answer();
        await calling.Next(SessionEventKind.Answered);
        await talking.Next(SessionEventKind.Acknowledged);

        var consulting = await bob.Call("004412345");
        var outside = await gateway.NextCall();
        outside.Ring();
        await consulting.Next(SessionEventKind.Progress);
        if (answered)
        {
            outside.Answer();
            await consulting.Next(SessionEventKind.Answered);
            await outside.Next(SessionEventKind.Acknowledged);
        }

        var dialog = consulting.Session.Dialog!;
        var replaces = Uri.EscapeDataString($"{Text(dialog.CallId)};to-tag={Text(dialog.RemoteTag)};from-tag={Text(dialog.LocalTag)}");
        talking.Refer($"<sip:004412345@acme.example?Replaces={replaces}>");
        Assert.Equal(202, (await talking.Next(SessionEventKind.Response)).Status);
        await talking.NextNotify();
        Assert.Equal("SIP/2.0 200 OK", (await talking.NextNotify()).Line);
        await talking.Next(SessionEventKind.Ended);
        if (!answered)
        {
            outside.Answer();
            await outside.Next(SessionEventKind.Acknowledged);
        }

        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await outside.Next(SessionEventKind.Ended)).End);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0 && world.Journal.All.Count() == 2 && world.Journal.All.All(call => call.Ended));
        Assert.Equal(["102 Inbound anonymous", "102 Outbound 004412345"], Texts(world.Journal.All.SelectMany(call => call.History)).Order());
    }

    private static TestPhone Gateway(EdgeWorld world, Func<TrunkRecord, TrunkRecord>? change = null)
    {
        var gateway = world.Phone("gateway", "", from: Near);
        var trunk = Trunk($"sip:{EndPointOf(gateway)}");
        world.Directory.AddTrunk(change?.Invoke(trunk) ?? trunk);
        return gateway;
    }

    private static TrunkRecord Trunk(params string[] gateways) => new("provider", [.. gateways])
    {
        CallerId = Ours,
        Dials = [new DialRule("00", 2, "+49")],
        Networks = [IPNetwork.Parse("127.0.5.0/24")],
        Numbers = [new InboundNumber(Ours, "102")],
    };

    private static void Challenge(TestCall call, int status, DigestAuthenticator authenticator)
    {
        var writer = new SipWriter(512);
        authenticator.WriteChallenges(
            ref writer, status == 401 ? HeaderName.WwwAuthenticate : HeaderName.ProxyAuthenticate, "provider", [DigestAlgorithm.Sha256], DateTimeOffset.UtcNow,
            RandomNumberGenerator.GetBytes(NonceMint.RandomBytes), stale: false);
        var headers = writer.ToArray();
        writer.Dispose();
        call.Do((_, session) => Assert.True(session.Reject(status, new SipPayload(headers))));
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

    private static IEnumerable<string> Texts(IEnumerable<HistoryEntry> entries) =>
        entries.OrderBy(entry => entry.Extension).Select(entry => $"{entry.Extension} {entry.Direction} {entry.Peer.Number}");

    private static string EndPointOf(TestPhone phone) => phone.Network.Listening[0].EndPoint.ToString();

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
