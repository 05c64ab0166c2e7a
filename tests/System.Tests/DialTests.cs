using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>What becomes of a dialled string, and who the caller is to the other side.</summary>
[Trait("Shows", "1")]
public sealed class DialTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private RunningSilo Silo => fixture.Silo;

    [Fact]
    public async Task Star_43_says_back_what_it_hears()
    {
        await using var phone = await BaresipPhone.RegisteredAsync(Silo.Phone("101", 1000));
        await phone.DialAsync("*43");
        await phone.NextAsync("CALL_ESTABLISHED");
        await phone.HearsAsync(1000);
        await phone.HangUpAsync();
        await phone.NextAsync("CALL_CLOSED");
    }

    [Theory]
    [InlineData("sip:12345678@demo.example", 404)]
    [InlineData("sip:104@demo.example", 480)]
    public async Task A_call_to_nobody_gets_its_answer(string target, int status)
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var audio = new RtpPeer();
        var call = await caller.InviteAsync(target, audio.Sdp());
        await call.ExpectAsync(status, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_call_to_another_domain_is_refused()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var audio = new RtpPeer();
        var call = await caller.InviteAsync("sip:102@elsewhere.example", audio.Sdp());
        while (call.Response.Status < 200)
        {
            await call.NextResponseAsync(TimeSpan.FromSeconds(15));
        }

        Assert.InRange(call.Response.Status, 403, 404);
    }

    [Fact]
    public async Task A_registration_for_another_domain_is_refused()
    {
        using var phone = new SipPeer(Silo, "101", domain: "elsewhere.example");
        var (response, _) = await phone.RequestAsync(
            "REGISTER", "sip:elsewhere.example", SipPeer.Token(), $"<{phone.Aor}>", [("Contact", phone.Contact), ("Expires", "600")]);
        Assert.InRange(response.Status, 403, 404);
    }

    [Fact]
    public async Task An_address_instead_of_the_domain_means_the_only_tenant()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var callee = await SipPeer.RegisteredAsync(Silo, "102");
        using var audio = new RtpPeer();
        var ringing = PeerCall.IncomingAsync(callee);
        var call = await caller.InviteAsync($"sip:102@{Silo.Address}:{Silo.SipPort}", audio.Sdp());
        await (await ringing).RejectAsync(486, "Busy Here");
        await call.ExpectAsync(486);
    }

    [Fact]
    public async Task The_called_phone_shows_the_callers_name_and_extension_and_the_other_way_round()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var callee = await SipPeer.RegisteredAsync(Silo, "102");
        using var audio = new RtpPeer();
        var ringing = PeerCall.IncomingAsync(callee);
        var call = await caller.InviteAsync("102", audio.Sdp());
        var incoming = await ringing;
        var from = incoming.Request!["From"];
        Assert.Equal("101", UserOf(SipText.Uri(from)));
        Assert.Matches("^\"?[^<\"]+\"?\\s*<", from);
        Assert.Equal("101", UserOf(SipText.Uri(incoming.Request["P-Asserted-Identity"])));
        using var other = new RtpPeer();
        await incoming.AnswerAsync(other.Sdp());
        var answer = await call.ExpectAsync(200);
        Assert.Equal("102", UserOf(SipText.Uri(answer["P-Asserted-Identity"])));
        await call.HangUpAsync();
        await incoming.HungUpAsync();
    }

    [Fact]
    public async Task An_identity_that_a_phone_asserts_is_not_believed()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101", "The Director");
        using var callee = await SipPeer.RegisteredAsync(Silo, "102");
        using var audio = new RtpPeer();
        var ringing = PeerCall.IncomingAsync(callee);
        var call = await caller.InviteAsync(
            "102", audio.Sdp(), ("P-Asserted-Identity", "\"The Director\" <sip:100@demo.example>"), ("Remote-Party-ID", "<sip:100@demo.example>"));
        var incoming = await ringing;
        Assert.Equal("101", UserOf(SipText.Uri(incoming.Request!["From"])));
        Assert.DoesNotContain("Director", incoming.Request.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sip:100@", incoming.Request.ToString(), StringComparison.Ordinal);
        await incoming.RejectAsync(486, "Busy Here");
        await call.ExpectAsync(486);
    }

    [Fact]
    public async Task A_phone_that_calls_in_anothers_name_is_corrected_or_refused()
    {
        using var caller = await SipPeer.RegisteredAsync(Silo, "101");
        using var callee = await SipPeer.RegisteredAsync(Silo, "102");
        using var audio = new RtpPeer();
        var callId = SipPeer.Token();
        const string Uri = "sip:102@demo.example";
        const string Spoofed = "\"Boss\" <sip:110@demo.example>;tag=spoof1";
        (string, string)[] headers = [("Contact", caller.Contact), ("Content-Type", "application/sdp")];
        await caller.Wire.SendAsync(caller.Text("INVITE", Uri, callId, $"<{Uri}>", 1, SipPeer.Branch(), headers, audio.Sdp(), Spoofed));
        var challenge = await caller.Wire.ReceiveAsync(m => m.CallId == callId && m.Status > 100, "challenge");
        Assert.InRange(challenge.Status, 401, 407);
        var credentials = caller.Credentials(challenge, "INVITE", Uri);
        var branch = SipPeer.Branch();
        await caller.Wire.SendAsync(caller.Text("INVITE", Uri, callId, $"<{Uri}>", 2, branch, [.. headers, credentials], audio.Sdp(), Spoofed));
        var response = await caller.Wire.ReceiveAsync(m => m.CallId == callId && m.CSeq == 2 && m.Status > 100, "response");
        if (response.Status == 403)
        {
            Assert.Null(await callee.Wire.TryReceiveAsync(m => m.IsRequest && m.Method == "INVITE", TimeSpan.FromMilliseconds(200)));
            return;
        }

        var invite = await callee.NextRequestAsync("INVITE");
        Assert.Equal("101", UserOf(SipText.Uri(invite["From"])));
        Assert.DoesNotContain("Boss", invite.ToString(), StringComparison.Ordinal);
        await callee.ReplyAsync(invite, 486, "Busy Here", SipPeer.Token());
    }

    private static string UserOf(string uri) => uri.Split(':', '@')[1];
}
