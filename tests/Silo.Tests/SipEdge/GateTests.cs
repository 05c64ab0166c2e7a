using System.Net;
using System.Net.Sockets;
using System.Text;
using Webphone.Grains.Users;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

public sealed class GateTests
{
    [Fact]
    public async Task Registers_refreshes_lists_and_removes()
    {
        await using var world = await EdgeWorld.Start();
        var phone = world.Phone("101");
        Assert.Equal(200, await phone.Register());
        Assert.Equal(200, await phone.Register());
        var user = world.Grains.GetGrain<IUserGrain>("acme/101");
        var device = Assert.Single((await user.GetView()).Devices);
        Assert.Equal(phone.Contact, device.Contact);
        Assert.StartsWith("udp|", device.Flow, StringComparison.Ordinal);
        var (status, list) = await phone.Send(SipMethod.Register, "sip:acme.example");
        Assert.Equal(200, status);
        Assert.Contains(phone.Contact, list!.HeaderText(HeaderName.Contact), StringComparison.Ordinal);
        Assert.Equal(200, await phone.Register(0, "*"));
        Assert.Empty((await user.GetView()).Devices);
    }

    [Fact]
    public async Task Challenges_with_the_tenants_algorithms_in_their_order()
    {
        await using var world = await EdgeWorld.Start();
        var (status, message) = await world.Phone("101").Send(SipMethod.Register, "sip:acme.example", authenticate: false);
        Assert.Equal(401, status);
        var text = message!.ToString();
        Assert.InRange(text.IndexOf("SHA-256", StringComparison.Ordinal), 0, text.IndexOf("MD5", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("101", "wrong")]
    [InlineData("199", "wrong")]
    public async Task A_wrong_password_and_an_unknown_user_get_the_same_answer(string extension, string secret)
    {
        await using var world = await EdgeWorld.Start();
        var (status, message) = await world.Phone(extension, secret).Send(SipMethod.Register, "sip:acme.example", $"Contact: <sip:{extension}@127.0.0.1:9>\r\n");
        Assert.Equal(401, status);
        Assert.DoesNotContain("stale", message!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_wrong_passwords_shut_the_address_out_for_a_while()
    {
        await using var world = await EdgeWorld.Start((_, options) => options.WrongPasswordsPerMinute = 3);
        var guesser = world.Phone("101", "wrong");
        for (var i = 0; i < 5; i++)
            Assert.Equal(401, await guesser.Register());
        Assert.Equal(401, await world.Phone("101").Register());
    }

    [Fact]
    public async Task Guessing_one_users_password_shuts_nobody_else_out()
    {
        await using var world = await EdgeWorld.Start((_, options) => options.WrongPasswordsPerUser = 3);
        var guesser = world.Phone("101", "wrong");
        for (var i = 0; i < 5; i++)
            Assert.Equal(401, await guesser.Register());
        Assert.Equal(401, await world.Phone("101").Register());
        Assert.Equal(200, await world.Phone("102").Register());
    }

    [Fact]
    public async Task Who_is_registered_works_on_while_a_neighbour_guesses()
    {
        await using var world = await EdgeWorld.Start((_, options) => (options.WrongPasswordsPerUser, options.WrongPasswordsPerMinute) = (3, 6));
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        foreach (var extension in new[] { "101", "103", "104" })
        {
            var guesser = world.Phone(extension, "wrong");
            for (var i = 0; i < 4; i++)
                Assert.Equal(401, await guesser.Register());
        }
        Assert.Equal(401, await world.Phone("105").Register());
        // Over the flow that is known to be hers, and from an address that is known to be his.
        Assert.Equal(200, await ann.Register());
        Assert.Equal(200, await world.Phone("102").Register());
        // Another phone of hers cannot be told from the guesser.
        Assert.Equal(401, await world.Phone("101").Register());
        var (calling, _) = await EdgeWorld.Connected(ann, bob);
        calling.Hangup();
        await world.Over();
    }

    [Fact]
    public async Task Guessing_at_one_address_does_not_bind_another()
    {
        await using var world = await EdgeWorld.Start((_, options) => options.WrongPasswordsPerMinute = 3);
        var guesser = world.Phone("101", "wrong", from: IPAddress.Parse("127.0.0.2"));
        for (var i = 0; i < 5; i++)
            Assert.Equal(401, await guesser.Register());
        Assert.Equal(401, await world.Phone("102", from: IPAddress.Parse("127.0.0.2")).Register());
        Assert.Equal(200, await world.Phone("101", from: IPAddress.Parse("127.0.0.3")).Register());
    }

    [Fact]
    public async Task A_proof_for_the_domain_as_a_whole_is_taken_and_one_for_an_address_that_is_no_tenants_is_not()
    {
        await using var world = await EdgeWorld.Start((_, options) => options.WrongPasswordsPerMinute = 1);
        var phone = world.Phone("101");
        var (_, challenge) = await phone.Send(SipMethod.Options, "sip:acme.example", authenticate: false);
        Assert.Equal(200, challenge!.StatusCode);
        (_, challenge) = await phone.Send(SipMethod.Message, "sip:109@acme.example", authenticate: false);
        var proof = phone.Proof(challenge!, "MESSAGE"u8, "sip:acme.example");
        Assert.Equal(480, (await phone.Send(SipMethod.Message, "sip:109@acme.example", proof, authenticate: false)).Status);
        foreach (var elsewhere in new[] { $"sip:{world.Udp}", "sip:other.example", "sip:102@acme.example" })
        {
            (_, challenge) = await phone.Send(SipMethod.Message, "sip:109@acme.example", authenticate: false);
            proof = phone.Proof(challenge!, "MESSAGE"u8, elsewhere);
            Assert.Equal(401, (await phone.Send(SipMethod.Message, "sip:109@acme.example", proof, authenticate: false)).Status);
        }
        // It was the right password each time, so that nothing is held against the phone.
        Assert.Equal(200, await world.Phone("101").Register());
    }

    [Fact]
    public async Task Allow_and_supported_name_what_is_served_and_nothing_else()
    {
        await using var world = await EdgeWorld.Start();
        var phone = world.Phone("101");
        var (_, options) = await phone.Send(SipMethod.Options, "sip:101@acme.example");
        Assert.Contains("\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, REGISTER, INFO, MESSAGE, REFER, SUBSCRIBE, PUBLISH\r\n", options!.ToString(), StringComparison.Ordinal);
        Assert.Contains("\r\nSupported: 100rel, timer, path, outbound, eventlist, replaces, join\r\n", options.ToString(), StringComparison.Ordinal);
        var (status, refusal) = await phone.Send(SipMethod.Message, "sip:102@acme.example", "Require: gruu\r\n");
        Assert.Equal(420, status);
        Assert.Equal("gruu", refusal!.HeaderText(HeaderName.Unsupported));
    }

    [Fact]
    public async Task A_proof_is_good_once()
    {
        await using var world = await EdgeWorld.Start();
        var phone = world.Phone("101");
        var (_, challenge) = await phone.Send(SipMethod.Register, "sip:acme.example", authenticate: false);
        var proof = phone.Proof(challenge!, "REGISTER"u8, "sip:acme.example");
        Assert.Equal(200, (await phone.Send(SipMethod.Register, "sip:acme.example", proof, authenticate: false)).Status);
        var (status, message) = await phone.Send(SipMethod.Register, "sip:acme.example", proof, authenticate: false);
        Assert.Equal(401, status);
        Assert.Contains("stale=true", message!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sip:102@acme.example")]
    [InlineData("sip:101@other.example")]
    [InlineData("sip:101@elsewhere.example")]
    public async Task Nobody_speaks_for_someone_else(string from)
    {
        await using var world = await EdgeWorld.Start();
        var phone = world.Phone("101");
        phone.SaysItIs = from;
        Assert.Equal(403, await phone.Register());
        Assert.Equal(403, (await (await phone.Call("103")).Next(SessionEventKind.Ended)).Status);
        Assert.Equal(403, (await phone.Send(SipMethod.Message, "sip:103@acme.example", body: "hi")).Status);
    }

    [Theory]
    [InlineData(SipMethod.Message)]
    [InlineData(SipMethod.Subscribe)]
    [InlineData(SipMethod.Refer)]
    [InlineData(SipMethod.Publish)]
    [InlineData(SipMethod.Register)]
    public async Task Nothing_happens_without_a_proof(SipMethod method)
    {
        await using var world = await EdgeWorld.Start();
        Assert.Equal(401, (await world.Phone("101").Send(method, "sip:102@acme.example", authenticate: false)).Status);
    }

    [Fact]
    public async Task No_call_begins_without_a_proof()
    {
        await using var world = await EdgeWorld.Start();
        Assert.Equal(401, (await (await world.Phone("101").Call("102", authenticate: false)).Next(SessionEventKind.Ended)).Status);
        Assert.Equal(0, world.Edge.Legs);
    }

    [Theory]
    [InlineData(SipMethod.Publish, 489)]
    [InlineData(SipMethod.Refer, 403)]
    public async Task What_is_not_served_is_refused_honestly(SipMethod method, int status)
    {
        await using var world = await EdgeWorld.Start();
        Assert.Equal(status, (await world.Phone("101").Send(method, "sip:102@acme.example", "Event: dialog\r\nRefer-To: <sip:103@acme.example>\r\n")).Status);
    }

    [Fact]
    public async Task Nothing_is_relayed_for_another_domain()
    {
        await using var world = await EdgeWorld.Start();
        var phone = await world.Registered("101");
        Assert.Equal(404, (await (await phone.Call("x", uri: "sip:102@elsewhere.example")).Next(SessionEventKind.Ended)).Status);
        Assert.Equal(404, (await phone.Send(SipMethod.Options, "sip:x@elsewhere.example")).Status);
    }

    [Fact]
    public async Task A_tenant_does_not_reach_into_another()
    {
        await using var world = await EdgeWorld.Start();
        var phone = world.Phone("101", tenant: "other", domain: "other.example");
        Assert.Equal(200, await phone.Register());
        Assert.Equal(404, (await (await phone.Call("102")).Next(SessionEventKind.Ended)).Status);
        Assert.Equal(401, (await (await phone.Call("102", uri: "sip:102@acme.example")).Next(SessionEventKind.Ended)).Status);
    }

    [Fact]
    public async Task Options_are_answered_whether_the_user_exists_or_not()
    {
        await using var world = await EdgeWorld.Start();
        var phone = world.Phone("101");
        Assert.Equal(200, (await phone.Send(SipMethod.Options, "sip:acme.example")).Status);
        Assert.Equal(200, (await phone.Send(SipMethod.Options, "sip:102@acme.example")).Status);
        Assert.Equal(200, (await phone.Send(SipMethod.Options, "sip:nobody@acme.example")).Status);
    }

    [Fact]
    public async Task A_message_reaches_the_devices_of_its_user()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var sending = ann.Send(SipMethod.Message, "sip:102@acme.example", body: "hello");
        var received = await bob.NextRequest();
        Assert.Equal("hello", Encoding.UTF8.GetString(received.Body.Span));
        Assert.Equal("User 101", received.From.DisplayName);
        Assert.Equal(200, (await sending).Status);
        Assert.Equal(480, (await ann.Send(SipMethod.Message, "sip:109@acme.example", body: "hello")).Status);
        Assert.Equal(404, (await ann.Send(SipMethod.Message, "sip:nobody@acme.example", body: "hello")).Status);
    }

    [Theory]
    [InlineData("BYE")]
    [InlineData("INVITE")]
    [InlineData("INFO")]
    [InlineData("UPDATE")]
    public async Task A_stranger_in_a_dialog_gets_481_and_the_call_goes_on(string method)
    {
        await using var world = await EdgeWorld.Start();
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        var callId = Encoding.ASCII.GetString(calling.Session.Dialog!.CallId);
        var answer = await Raw(world, $"{method} sip:{world.Udp} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKstranger\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:101@acme.example>;tag=guessed\r\nTo: <sip:102@acme.example>;tag=guessed2\r\nCall-ID: {callId}\r\nCSeq: 99 {method}\r\n"
            + "Contact: <sip:x@127.0.0.1:9>\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("SIP/2.0 481", answer, StringComparison.Ordinal);
        calling.Offer(TestSdp.Offer(version: 2));
        await calling.Next(SessionEventKind.Answer);
        ringing.Hangup();
        await world.Over();
    }

    [Theory]
    [InlineData("From : <sip:101@acme.example>;tag=1\r\nX-A: b\u0001c", 400)]
    [InlineData("From: <sip:101@acme.example>;tag=1\r\nFrom: <sip:102@acme.example>;tag=1", 400)]
    public async Task Smuggled_headers_are_refused(string from, int status)
    {
        await using var world = await EdgeWorld.Start();
        var answer = await Raw(world, $"OPTIONS sip:acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKsmuggle\r\nMax-Forwards: 70\r\n{from}\r\n"
            + "To: <sip:acme.example>\r\nCall-ID: smuggle\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith($"SIP/2.0 {status}", answer, StringComparison.Ordinal);
    }

    private static async Task<string> Raw(EdgeWorld world, string message)
    {
        using var client = new UdpClient(world.Udp.AddressFamily);
        client.Connect(world.Udp);
        await client.SendAsync(Encoding.UTF8.GetBytes(message));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return Encoding.UTF8.GetString((await client.ReceiveAsync(limit.Token)).Buffer);
    }
}
