using System.Diagnostics;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>Passwords that are wrong, heard elsewhere, guessed or not given at all.</summary>
[Trait("Shows", "6")]
public sealed class HostileSignInTests(GuardedSilo fixture) : IClassFixture<GuardedSilo>
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
            // The fastest of many shows what is to be worked; all else is the machine's doing.
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
            Assert.InRange(knownTimes.Min() / unknownTimes.Min(), 0.5, 2);
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

    /// <summary>That a SIP server is here is no secret; who is in it is: svmap gets one answer by each method, and no name but the product's.</summary>
    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("INVITE")]
    [InlineData("REGISTER")]
    public async Task Sipvicious_maps_a_server_and_nobody_in_it(string method)
    {
        var map = Needs.Program("svmap", "sipvicious");
        using var bystanders = await Bystanders.TalkAsync(Silo);
        await bystanders.DoNotNoticeAsync(async () =>
        {
            await using var scan = ChildProcess.Start(map, ["-p", $"{Silo.SipPort}", "-m", method, Silo.Address]);
            await scan.WaitForExitAsync(TimeSpan.FromSeconds(60));
            Assert.DoesNotMatch("\\b1(0[1-9]|10)\\b", scan.Output.Replace(Silo.Address, "", StringComparison.Ordinal).Replace($"{Silo.SipPort}", "", StringComparison.Ordinal));
            Assert.DoesNotContain("Traceback", scan.Output, StringComparison.Ordinal);
        });
        await Silo.NoCallsAsync();
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
}
