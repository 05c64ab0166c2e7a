using System.Net.Sockets;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>Messages that are made to be read in two ways, by the server and by whoever gets them from it.</summary>
[Trait("Shows", "6")]
public sealed class HostileMessageTests(GuardedSilo fixture) : IClassFixture<GuardedSilo>
{
    /// <summary>An address that is not in the trusted networks.</summary>
    private const string Stranger = "127.0.0.66";

    private RunningSilo Silo => fixture.Silo;

    [Theory]
    [InlineData("P-Asserted-Identity : <sip:100@demo.example>")]
    [InlineData("p-asserted-identity\t:\t<sip:100@demo.example>")]
    [InlineData("P-Asserted-Identity:\r\n <sip:100@demo.example>")]
    [InlineData("Subject: a\u0001b\r\nP-Asserted-Identity: <sip:100@demo.example>")]
    [InlineData("Subject: a\rP-Asserted-Identity: <sip:100@demo.example>")]
    [InlineData("Subject: a\nP-Asserted-Identity: <sip:100@demo.example>")]
    [InlineData("X-Webphone-Extension: 100\r\nX-Extension: 100\r\nP-Preferred-Identity: <sip:100@demo.example>")]
    public async Task A_smuggled_header_does_not_reach_the_called_phone(string smuggled)
    {
        using var bystanders = await Bystanders.TalkAsync(Silo);
        await bystanders.DoNotNoticeAsync(async () =>
        {
            using var caller = await SipPeer.RegisteredAsync(Silo, "103");
            using var callee = await SipPeer.RegisteredAsync(Silo, "104");
            using var audio = new RtpPeer();
            const string Uri = "sip:104@demo.example";
            var (challenge, _) = await caller.RequestAsync("INVITE", Uri, SipPeer.Token(), $"<{Uri}>", [("Contact", caller.Contact)]);
            var callId = SipPeer.Token();
            (string, string)[] headers = [("Contact", caller.Contact), caller.Credentials(challenge, "INVITE", Uri), ("Content-Type", "application/sdp")];
            var text = caller.Text("INVITE", Uri, callId, $"<{Uri}>", 50, SipPeer.Branch(), headers, audio.Sdp());
            await caller.Wire.SendAsync(text.Replace("Max-Forwards: 70\r\n", $"Max-Forwards: 70\r\n{smuggled}\r\n", StringComparison.Ordinal));
            var rings = callee.NextRequestAsync("INVITE", TimeSpan.FromSeconds(20));
            var refused = caller.Wire.ReceiveAsync(m => m.Status == 400, "refusal", TimeSpan.FromSeconds(20));
            if (await Task.WhenAny(rings, refused) == refused)
            {
                Assert.Equal(400, (await refused).Status);
                return;
            }

            var incoming = await rings;
            Assert.DoesNotContain("100", UserParts(incoming), StringComparison.Ordinal);
            Assert.DoesNotContain("X-", string.Join(',', incoming.Headers.Select(h => h.Name)), StringComparison.Ordinal);
            Assert.DoesNotContain('\u0001', incoming.ToString());
            await callee.ReplyAsync(incoming, 486, "Busy Here", SipPeer.Token());
        });

        static string UserParts(SipText invite) => invite["From"] + invite["P-Asserted-Identity"] + invite["P-Preferred-Identity"] + invite["Remote-Party-ID"];
    }

    [Theory]
    [InlineData("Content-Length: 4294967295")]
    [InlineData("Content-Length: 99999999999999999999999999")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 0\r\nContent-Length: 500")]
    [InlineData("Content-Length: twelve")]
    [InlineData("Content-Length: 0x10")]
    [InlineData("l: 5\r\nContent-Length: 0")]
    public async Task A_hostile_content_length_ends_only_its_own_connection(string length)
    {
        using var bystanders = await Bystanders.TalkAsync(Silo);
        await bystanders.DoNotNoticeAsync(async () =>
        {
            var before = Silo.Process.ResidentBytes();
            using var wire = await SipWire.TcpAsync(Silo.Address, Silo.SipPort, Stranger);
            var head = $"OPTIONS sip:demo.example SIP/2.0\r\nVia: SIP/2.0/TCP {wire.Local};branch={SipPeer.Branch()}\r\nMax-Forwards: 70\r\n" +
                $"From: <sip:x@demo.example>;tag=1\r\nTo: <sip:demo.example>\r\nCall-ID: {SipPeer.Token()}\r\nCSeq: 1 OPTIONS\r\n{length}\r\n\r\n";
            try
            {
                await wire.SendAsync(head);
                for (var i = 0; i < 64 && !wire.Closed.IsCompleted; i++)
                {
                    await wire.SendAsync(new byte[16384]);
                }
            }
            catch (SocketException)
            {
                // It hung up on us, as it should.
            }

            await wire.Closed.WaitAsync(TimeSpan.FromSeconds(40));
            Assert.InRange(Silo.Process.ResidentBytes() - before, long.MinValue, 64_000_000);
        });
    }
}
