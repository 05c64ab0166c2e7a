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

namespace Webphone.Silo.Tests.SipEdge.Trunks;

/// <summary>Calls to the outside: by which gateway, as whom, with which password, and what comes of it.</summary>
[Trait("Feature", "XFR-09")]
public sealed class CallsOutTests
{
    [Fact]
    public async Task A_number_outside_is_called_by_the_gateway_and_shown_the_callers_number()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = TestTrunk.Gateway(world);
        var ann = await world.Registered("101");
        var calling = await ann.Call("00-4412345");
        var outside = await gateway.NextCall();
        var invite = outside.Invite!;
        Assert.Equal($"sip:{TestTrunk.Theirs}@{TestTrunk.EndPointOf(gateway)}", Text(invite.RequestUri));
        Assert.Equal($"sip:{TestTrunk.Ours}@acme.example", Text(invite.From.Uri));
        Assert.Contains($"<sip:{TestTrunk.Ours}@acme.example>", invite.HeaderText(HeaderName.PAssertedIdentity), StringComparison.Ordinal);
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
        Assert.Equal(("101", CallDirection.Outbound, "004412345", TestTrunk.Ours, CallEnd.Completed), (entry.Extension, entry.Direction, entry.Peer.Number, entry.Line, entry.End));
    }

    [Fact]
    public async Task Who_gives_up_before_the_answer_takes_the_call_back_from_the_gateway()
    {
        await using var world = await EdgeWorld.Start();
        var gateway = TestTrunk.Gateway(world);
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
        var gateway = TestTrunk.Gateway(world);
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
        var gateway = TestTrunk.Gateway(world, trunk => trunk with { Credentials = new TrunkCredentials("acme", "word") });
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
        var gateway = TestTrunk.Gateway(world);
        var calling = await (await world.Registered("101")).Call("004412345");
        Challenge(await gateway.NextCall(), 407, new DigestAuthenticator(RandomNumberGenerator.GetBytes(NonceMint.KeyBytes), TimeSpan.FromMinutes(1)));
        Assert.Equal(500, (await calling.Next(SessionEventKind.Ended)).Status);
    }

    [Fact]
    public async Task The_next_gateway_is_called_when_one_is_too_busy_or_not_there()
    {
        await using var world = await EdgeWorld.Start();
        var (busy, free) = (world.Phone("busy", "", from: TestTrunk.Near), world.Phone("free", "", from: TestTrunk.Far));
        // Nobody takes connections there.
        var closed = new System.Net.Sockets.TcpListener(TestTrunk.Near, 0);
        closed.Start();
        var nobody = $"sip:{closed.LocalEndpoint};transport=tcp";
        closed.Stop();
        world.Directory.AddTrunk(TestTrunk.Of(nobody, $"sip:{TestTrunk.EndPointOf(busy)}", $"sip:{TestTrunk.EndPointOf(free)}"));
        var calling = await (await world.Registered("101")).Call("004412345");
        (await busy.NextCall()).Reject(503);
        var outside = await free.NextCall();
        Assert.Equal($"sip:{TestTrunk.Theirs}@{TestTrunk.EndPointOf(free)}", Text(outside.Invite!.RequestUri));
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
        using var silent = new System.Net.Sockets.UdpClient(new IPEndPoint(TestTrunk.Near, 0));
        var free = world.Phone("free", "", from: TestTrunk.Far);
        world.Directory.AddTrunk(TestTrunk.Of($"sip:{silent.Client.LocalEndPoint}", $"sip:{TestTrunk.EndPointOf(free)}"));
        var calling = await (await world.Registered("101")).Call("004412345");
        var outside = await free.NextCall();
        outside.Answer();
        await calling.Next(SessionEventKind.Answered);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await outside.Next(SessionEventKind.Ended)).End);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0);
    }

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

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
