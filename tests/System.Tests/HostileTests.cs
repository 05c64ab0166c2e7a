using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>Shows 6: what a hostile network does is refused, limited and counted, and a call beside it does not notice.</summary>
[Trait("Shows", "6")]
public sealed class HostileTests(HostileTests.Guarded fixture) : IClassFixture<HostileTests.Guarded>
{
    /// <summary>An address that is not in the trusted networks.</summary>
    private const string Stranger = "127.0.0.66";

    private RunningSilo Silo => fixture.Silo;

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_get_the_same_answer_in_the_same_time()
    {
        using var bystanders = await Bystanders.TalkAsync(Silo);
        await bystanders.DoNotNoticeAsync(async () =>
        {
            // From a trusted address, because the limits for strangers would change the answer for both.
            using var known = new SipPeer(Silo, "103", "wrong");
            using var unknown = new SipPeer(Silo, "777", "wrong");
            List<double> knownTimes = [], unknownTimes = [];
            var statuses = new HashSet<string>();
            for (var i = 0; i < 30; i++)
            {
                foreach (var (peer, times) in new[] { (known, knownTimes), (unknown, unknownTimes) })
                {
                    var clock = Stopwatch.StartNew();
                    var response = await peer.RegisterAsync();
                    times.Add(clock.Elapsed.TotalMilliseconds);
                    statuses.Add($"{response.StartLine}; {string.Join(',', response.Headers.Select(h => h.Name))}");
                }
            }

            Assert.Single(statuses);
            Assert.Matches("^SIP/2.0 40[13] ", statuses.Single());
            Assert.InRange(Median(knownTimes) / Median(unknownTimes), 0.5, 2);
        });
    }

    [Fact]
    public async Task Credentials_that_were_used_once_do_not_work_again()
    {
        using var bystanders = await Bystanders.TalkAsync(Silo);
        await bystanders.DoNotNoticeAsync(async () =>
        {
            using var phone = new SipPeer(Silo, "103");
            var callId = SipPeer.Token();
            (string, string)[] headers = [("Contact", phone.Contact), ("Expires", "600")];
            var (challenge, _) = await phone.RequestAsync("REGISTER", "sip:demo.example", callId, $"<{phone.Aor}>", headers);
            Assert.Equal(401, challenge.Status);
            var credentials = phone.Credentials(challenge, "REGISTER", "sip:demo.example");
            var (first, _) = await phone.RequestAsync("REGISTER", "sip:demo.example", callId, $"<{phone.Aor}>", [.. headers, credentials]);
            Assert.Equal(200, first.Status);

            // Somebody who heard it puts their own contact under the same credentials.
            using var thief = new SipPeer(Silo, "103");
            var (replayed, _) = await thief.RequestAsync(
                "REGISTER", "sip:demo.example", SipPeer.Token(), $"<{thief.Aor}>", [("Contact", thief.Contact), ("Expires", "600"), credentials]);
            Assert.Equal(401, replayed.Status);
        });
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("MESSAGE")]
    [InlineData("SUBSCRIBE")]
    [InlineData("REFER")]
    public async Task A_request_without_credentials_is_challenged(string method)
    {
        using var stranger = new SipPeer(Silo, "101", local: Stranger);
        (string, string)[] headers = method switch
        {
            "SUBSCRIBE" => [("Contact", stranger.Contact), ("Event", "dialog"), ("Expires", "300")],
            "REFER" => [("Contact", stranger.Contact), ("Refer-To", "<sip:103@demo.example>")],
            _ => [("Contact", stranger.Contact)],
        };
        var (response, _) = await stranger.RequestAsync(method, "sip:102@demo.example", SipPeer.Token(), "<sip:102@demo.example>", headers);
        Assert.True(response.Status is 401 or 407, response.ToString());
    }

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
            var incoming = await callee.Wire.TryReceiveAsync(m => m.IsRequest && m.Method == "INVITE", TimeSpan.FromSeconds(2));
            if (incoming is null)
            {
                var response = await caller.Wire.ReceiveAsync(m => m.Status == 400, "refusal");
                Assert.Equal(400, response.Status);
                return;
            }

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

            await wire.Closed.WaitAsync(TimeSpan.FromSeconds(10));
            Assert.InRange(Silo.Process.ResidentBytes() - before, long.MinValue, 64_000_000);
        });
    }

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
            var invites = 0;
            var challenging = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (await challenger.Wire.TryReceiveAsync(m => m.IsRequest && m.Method == "INVITE", TimeSpan.FromMilliseconds(200)) is { } invite)
                    {
                        invites++;
                        await challenger.ReplyAsync(
                            invite, 407, "Proxy Authentication Required", SipPeer.Token(), "", ("Proxy-Authenticate", $"Digest realm=\"x\", nonce=\"{SipPeer.Token()}\""));
                    }
                }
            });
            var call = await caller.InviteAsync("104", audio.Sdp());
            while (call.Response.Status < 200)
            {
                await call.NextResponseAsync(TimeSpan.FromSeconds(10));
            }

            Assert.InRange(call.Response.Status, 400, 699);
            await stop.CancelAsync();
            await challenging;
            Assert.InRange(invites, 1, 4);
        });
    }

    [Fact]
    public async Task Ten_thousand_registrations_a_second_from_one_address_are_limited()
    {
        Needs.Sipp();
        using var bystanders = await Bystanders.TalkAsync(Silo);
        await bystanders.DoNotNoticeAsync(async () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 1 << 20 };
            socket.Bind(new IPEndPoint(IPAddress.Parse(Stranger), 0));
            var server = new IPEndPoint(IPAddress.Parse(Silo.Address), Silo.SipPort);
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < 30_000; i++)
            {
                await socket.SendToAsync(Encoding.ASCII.GetBytes(Register(i)), server);
                while (i > clock.Elapsed.TotalSeconds * 10_000)
                {
                    await Task.Delay(1);
                }
            }

            // Somebody else is served meanwhile.
            using var phone = new SipPeer(Silo, "105");
            Assert.Equal(200, (await phone.RegisterAsync()).Status);

            string Register(int i) =>
                $"REGISTER sip:demo.example SIP/2.0\r\nVia: SIP/2.0/UDP {socket.LocalEndPoint};branch=z9hG4bKf{i}\r\nMax-Forwards: 70\r\n" +
                $"From: <sip:101@demo.example>;tag={i}\r\nTo: <sip:101@demo.example>\r\nCall-ID: flood{i}\r\nCSeq: 1 REGISTER\r\n" +
                $"Contact: <sip:101@{socket.LocalEndPoint}>\r\nContent-Length: 0\r\n\r\n";
        }, lossAllowed: 0.1);
        Assert.Matches("(?m)^\\w*(limit|dropped|refused|rejected)\\w*(\\{[^}]*\\})? [1-9]", await Silo.MetricsAsync());
    }

    [Fact]
    public async Task Ten_thousand_idle_connections_from_one_address_do_not_keep_others_out()
    {
        using var bystanders = await Bystanders.TalkAsync(Silo);
        var sockets = new List<Socket>();
        try
        {
            await bystanders.DoNotNoticeAsync(async () =>
            {
                for (var i = 0; i < 10_000; i++)
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    sockets.Add(socket);
                    socket.Bind(new IPEndPoint(IPAddress.Parse(Stranger), 0));
                    try
                    {
                        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(Silo.Address), Silo.SipPort), limit.Token);
                    }
                    catch (Exception e) when (e is SocketException or OperationCanceledException)
                    {
                        // Refused: that is what the limit is for. Out of descriptors here: as many as this machine allows.
                    }
                }

                using var wire = await SipWire.TcpAsync(Silo.Address, Silo.SipPort);
                using var phone = new SipPeer(Silo, "105", wire: wire);
                Assert.Equal(200, (await phone.RegisterAsync()).Status);
            }, lossAllowed: 0.1);
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    public async Task Sipvicious_finds_no_extension_and_no_password()
    {
        var war = Needs.Program("svwar", "sipvicious");
        var crack = Needs.Program("svcrack", "sipvicious");
        using var bystanders = await Bystanders.TalkAsync(Silo);
        await bystanders.DoNotNoticeAsync(async () =>
        {
            // A fast scan and a fast guess, with the real password among the guesses far behind the limit.
            await using var scan = ChildProcess.Start(war, ["-e", "100-140", "-m", "REGISTER", "--domain", "demo.example", "-p", $"{Silo.SipPort}", Silo.Address]);
            await scan.WaitForExitAsync(TimeSpan.FromSeconds(60));
            // What exists (101) and what does not (130) look the same.
            Assert.Equal(
                scan.Output.Contains("| 101 ", StringComparison.Ordinal), scan.Output.Contains("| 130 ", StringComparison.Ordinal));
            await using var guess = ChildProcess.Start(crack, ["-u", "101", "-r", "1-300", "--domain", "demo.example", "-p", $"{Silo.SipPort}", Silo.Address]);
            await guess.WaitForExitAsync(TimeSpan.FromSeconds(120));
            Assert.DoesNotMatch("\\| 101\\s+\\|\\s+\\d", guess.Output);
        });
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>The demo tenant; the tests' own address is trusted with the metrics, the stranger's is not.</summary>
    public sealed class Guarded : SiloFixture
    {
        protected override string[] Arguments => ["--trusted-networks", "127.0.0.1/32"];
    }
}
