using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>sipp's own scenarios through the program: its uas as the called phone, its uac as the caller.</summary>
[Trait("Shows", "2")]
public sealed class SippTests(SippTests.Trusted fixture) : IClassFixture<SippTests.Trusted>
{
    private const int Calls = 50;

    private RunningSilo Silo => fixture.Silo;

    [Fact]
    public async Task Sipps_uac_calls_sipps_uas()
    {
        Needs.Sipp();
        var (calleePort, callerPort) = (Ports.Free(), Ports.Free());
        await RegisterAsync("101", callerPort);
        await RegisterAsync("102", calleePort);
        await using var callee = SippRun.Start("-sn uas", null, calleePort);
        await callee.ListensAsync();
        await using var caller = SippRun.Start(
            await UacWithCredentialsAsync(), $"{Silo.Address}:{Silo.SipPort}", callerPort, users: null, "-s", "102", "-au", "101", "-ap", "demo-101", "-d", "300",
            "-r", "10", "-m", $"{Calls}");
        var code = await caller.FinishAsync(TimeSpan.FromSeconds(60));
        Assert.True(code == 0, $"sipp ended with {code}: {caller.Errors}\n{caller.Output}");
        Assert.Equal(Calls, caller.Successful);
        Assert.Equal(0, caller.Failed);
        Assert.True(caller.Retransmissions < Calls, $"{caller.Retransmissions} messages were sent again");
    }

    [Fact]
    public async Task Sipps_uac_without_a_password_is_refused()
    {
        Needs.Sipp();
        await using var caller = SippRun.Start("-sn uac", $"{Silo.Address}:{Silo.SipPort}", Ports.Free(), users: null, "-s", "102", "-m", "5", "-r", "5");
        await caller.FinishAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, caller.Successful);
        Assert.Contains("401", caller.Errors, StringComparison.Ordinal);
    }

    /// <summary>The built-in scenario with the one thing that it lacks: an answer to the challenge. sipp prints it, so it stays sipp's own.</summary>
    private async Task<string> UacWithCredentialsAsync()
    {
        var xml = await ChildProcess.RunAsync("/bin/sh", "-c", "sipp -sd uac; true");
        xml = xml[xml.IndexOf("<?xml", StringComparison.Ordinal)..];
        xml = xml.Replace("sipp <sip:sipp@", "sipp <sip:101@", StringComparison.Ordinal);
        var first = xml.IndexOf("<send retrans=\"500\">", StringComparison.Ordinal);
        var end = xml.IndexOf("</send>", first, StringComparison.Ordinal) + "</send>".Length;
        var invite = xml[first..end];
        const string Refused = """

              <recv response="100" optional="true"/>
              <recv response="401" auth="true"/>
              <send><![CDATA[

                  ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
                  Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-3]
                  From: sipp <sip:101@[local_ip]:[local_port]>;tag=[pid]SIPpTag00[call_number]
                  [last_To:]
                  Call-ID: [call_id]
                  CSeq: 1 ACK
                  Max-Forwards: 70
                  Content-Length: 0

              ]]></send>

            """;
        var again = invite.Replace("CSeq: 1 INVITE", "CSeq: 2 INVITE\n      [authentication username=101 password=demo-101]", StringComparison.Ordinal);
        return Silo.Files.Write("uac.xml", xml[..end] + Refused + again + xml[end..].Replace("CSeq: 1 ACK", "CSeq: 2 ACK", StringComparison.Ordinal).Replace("CSeq: 2 BYE", "CSeq: 3 BYE", StringComparison.Ordinal));
    }

    private async Task RegisterAsync(string extension, int port)
    {
        using var phone = new SipPeer(Silo, extension);
        var headers = new (string, string)[] { ("Contact", $"<sip:{extension}@127.0.0.1:{port}>"), ("Expires", "600") };
        var response = await phone.AuthenticatedAsync("REGISTER", $"sip:{RunningSilo.Domain}", SipPeer.Token(), $"<{phone.Aor}>", headers, "", "");
        Assert.Equal(200, response.Status);
    }

    /// <summary>sipp comes from one address and is many phones.</summary>
    public sealed class Trusted : SiloFixture
    {
        protected override string[] Arguments => ["--trusted-networks", "127.0.0.0/8"];
    }
}
