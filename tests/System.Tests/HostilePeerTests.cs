using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>Strangers and misbehaving phones in and around calls.</summary>
[Trait("Shows", "6")]
public sealed class HostilePeerTests(GuardedSilo fixture) : IClassFixture<GuardedSilo>
{
    /// <summary>An address that is not in the trusted networks.</summary>
    private const string Stranger = "127.0.0.66";

    private RunningSilo Silo => fixture.Silo;

    [Fact]
    public async Task A_stranger_cannot_end_or_change_a_call()
    {
        using var bystanders = await Bystanders.TalkAsync(Silo);
        await bystanders.DoNotNoticeAsync(async () =>
        {
            using var stranger = new SipPeer(Silo, "103", local: Stranger);
            foreach (var (method, tag) in new[] { ("BYE", "guess"), ("INVITE", "guess"), ("UPDATE", "guess"), ("INFO", "guess"), ("BYE", "") })
            {
                // The Call-ID is known, one tag is not.
                var (response, _) = await stranger.RequestAsync(
                    method, bystanders.Call.RemoteTarget, bystanders.Call.CallId, bystanders.Call.To.Split(';')[0], [("Contact", stranger.Contact)], toTag: tag);
                Assert.True(response.Status is >= 400 and < 500, $"{method}: {response.StartLine}");
            }

            var (cancel, _) = await stranger.RequestAsync("CANCEL", "sip:102@demo.example", bystanders.Call.CallId, "<sip:102@demo.example>", []);
            Assert.Equal(481, cancel.Status);
        });
    }

    [Fact]
    public async Task A_phone_that_challenges_for_ever_is_given_up()
    {
        using var bystanders = await Bystanders.TalkAsync(Silo);
        await bystanders.DoNotNoticeAsync(async () =>
        {
            using var caller = await SipPeer.RegisteredAsync(Silo, "103");
            using var challenger = await SipPeer.RegisteredAsync(Silo, "104");
            using var audio = new RtpPeer();
            using var stop = new CancellationTokenSource();
            var invites = new HashSet<string>();
            var challenging = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (await challenger.Wire.TryReceiveAsync(m => m.IsRequest && m.Method == "INVITE", TimeSpan.FromMilliseconds(200)) is { } invite)
                    {
                        // What is sent again because the answer was late is no new one.
                        invites.Add(SipText.Parameter(invite["Via"], "branch"));
                        await challenger.ReplyAsync(
                            invite, 407, "Proxy Authentication Required", SipPeer.Token(), "", ("Proxy-Authenticate", $"Digest realm=\"x\", nonce=\"{SipPeer.Token()}\""));
                    }
                }
            });
            var call = await caller.InviteAsync("104", audio.Sdp());
            while (call.Response.Status < 200)
            {
                await call.NextResponseAsync();
            }

            Assert.InRange(call.Response.Status, 400, 699);
            await stop.CancelAsync();
            await challenging;
            Assert.InRange(invites.Count, 1, 4);
        });
    }
}
