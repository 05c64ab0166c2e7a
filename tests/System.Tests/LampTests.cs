using System.Diagnostics;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>Lamps of desk phones, with the built program and over what happens to it.</summary>
[Trait("Shows", "5")]
public sealed class LampTests
{
    private const int Lamps = 40;

    [Trait("Feature", "Failure-13")]
    [Trait("Feature", "SID-02")]
    [Fact]
    public async Task After_a_power_cut_all_lamps_are_right_within_ten_seconds()
    {
        await using var silo = await RunningSilo.StartAsync();
        using var caller = await SipPeer.RegisteredAsync(silo, "101");
        using var callee = await SipPeer.RegisteredAsync(silo, "102");
        using var watcher = await SipPeer.RegisteredAsync(silo, "103");
        using var wire = await SipWire.TcpAsync(silo.Address, silo.SipPort);
        var connected = await SipPeer.RegisteredAsync(new SipPeer(silo, "104", wire: wire));
        var lamps = new List<PeerWatch>();
        for (var i = 0; i < Lamps; i++)
        {
            lamps.Add(new PeerWatch(i % 4 == 3 ? connected : watcher, i % 2 == 0 ? "101" : "102"));
            Assert.Equal(200, (await lamps[i].SubscribeAsync()).Status);
            await lamps[i].ShowsAsync();
        }

        using var audio = new RtpPeer();
        await Gathering.TalkAsync(caller, callee, audio);
        await Task.WhenAll(lamps.Select(lamp => lamp.ShowsAsync("confirmed")));
        var before = lamps.ConvertAll(lamp => lamp.Version);
        await silo.SubscriptionsWrittenAsync();

        await silo.KillAsync();
        var sinceCut = Stopwatch.StartNew();
        await silo.LaunchAsync();
        var sinceBack = Stopwatch.StartNew();
        using var again = await SipWire.TcpAsync(silo.Address, silo.SipPort);
        using var reconnected = await SipPeer.RegisteredAsync(new SipPeer(silo, "104", wire: again) { FromTag = connected.FromTag, LastCSeq = connected.NextCSeq() });
        foreach (var lamp in lamps.Where(lamp => lamp.Peer == connected))
        {
            lamp.Peer = reconnected;
        }

        await Task.WhenAll(lamps.Select(lamp => lamp.ShowsAsync()));
        Assert.InRange(sinceBack.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        // How long the program takes to start is the machine's business where it has few processors.
        Assert.True(sinceCut.Elapsed < TimeSpan.FromSeconds(10) || Environment.ProcessorCount < 4, $"the lamps were right {sinceCut.Elapsed} after the cut");
        Assert.All(lamps.Zip(before), pair => Assert.True(pair.First.Version > pair.Second, "a lamp's version went back"));

        // The dialogs are those of before: phones refresh in them, and are told what happens next.
        Assert.Equal(200, (await lamps[0].SubscribeAsync()).Status);
        Assert.Equal(200, (await lamps[3].SubscribeAsync()).Status);
        var ringing = PeerCall.IncomingAsync(callee);
        _ = caller.InviteAsync("102", audio.Sdp());
        var second = await ringing;
        await Task.WhenAll(lamps.Where((_, i) => i % 2 == 1).Select(lamp => lamp.ShowsAsync("trying", "early")));
        await second.RejectAsync(486, "Busy Here");
        await Task.WhenAll(lamps.Where((_, i) => i % 2 == 1).Select(lamp => lamp.ShowsAsync()));
    }

    [Trait("Feature", "Failure-13")]
    [Fact]
    public async Task A_clean_restart_leaves_no_lamp_wrong()
    {
        await using var silo = await RunningSilo.StartAsync();
        using var watcher = await SipPeer.RegisteredAsync(silo, "103");
        var lamp = new PeerWatch(watcher, "102");
        await lamp.SubscribeAsync();
        await lamp.ShowsAsync();
        await silo.SubscriptionsWrittenAsync();
        Assert.Equal(0, await silo.StopAsync());
        await silo.LaunchAsync();
        await lamp.ShowsAsync();
        Assert.Equal(200, (await lamp.SubscribeAsync(0)).Status);
    }

    [Trait("Feature", "SID-02")]
    [Fact]
    public async Task Sipp_subscribes_is_told_and_unsubscribes()
    {
        Needs.Sipp();
        await using var silo = await RunningSilo.StartAsync("--trusted-networks", "127.0.0.0/8");
        await using var sipp = SippRun.Start(silo.Files.Write("subscribe.xml", Scenario), $"{silo.Address}:{silo.SipPort}", Ports.Free(), users: null, "-m", "20", "-r", "10", "-au", "103", "-ap", "demo-103");
        var code = await sipp.FinishAsync(TimeSpan.FromSeconds(60));
        Assert.True(code == 0, $"sipp ended with {code}: {sipp.Errors}\n{sipp.Output}");
        Assert.Equal((20, 0), (sipp.Successful, sipp.Failed));
    }

    private const string Scenario = """
        <?xml version="1.0" encoding="ISO-8859-1" ?>
        <!DOCTYPE scenario SYSTEM "sipp.dtd">
        <scenario name="lamp">
          <send retrans="500"><![CDATA[

            SUBSCRIBE sip:102@demo.example SIP/2.0
            Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
            From: <sip:103@demo.example>;tag=[call_number]
            To: <sip:102@demo.example>
            Call-ID: [call_id]
            CSeq: 1 SUBSCRIBE
            Contact: <sip:103@[local_ip]:[local_port]>
            Max-Forwards: 70
            Event: dialog
            Expires: 300
            Content-Length: 0

          ]]></send>
          <recv response="401" auth="true"/>
          <send retrans="500"><![CDATA[

            SUBSCRIBE sip:102@demo.example SIP/2.0
            Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
            From: <sip:103@demo.example>;tag=[call_number]
            To: <sip:102@demo.example>
            Call-ID: [call_id]
            CSeq: 2 SUBSCRIBE
            Contact: <sip:103@[local_ip]:[local_port]>
            Max-Forwards: 70
            Event: dialog
            Expires: 300
            [authentication]
            Content-Length: 0

          ]]></send>
          <recv response="200" rrs="true"/>
          <recv request="NOTIFY"><action><ereg regexp="state=.full." search_in="body" check_it="true" assign_to="1"/></action></recv>
          <Reference variables="1"/>
          <send><![CDATA[

            SIP/2.0 200 OK
            [last_Via:]
            [last_From:]
            [last_To:]
            [last_Call-ID:]
            [last_CSeq:]
            Content-Length: 0

          ]]></send>
          <send retrans="500"><![CDATA[

            SUBSCRIBE [next_url] SIP/2.0
            Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
            From: <sip:103@demo.example>;tag=[call_number]
            To: <sip:102@demo.example>[peer_tag_param]
            Call-ID: [call_id]
            CSeq: 3 SUBSCRIBE
            Contact: <sip:103@[local_ip]:[local_port]>
            Max-Forwards: 70
            Event: dialog
            Expires: 0
            Content-Length: 0

          ]]></send>
          <recv response="200"/>
          <recv request="NOTIFY"><action><ereg regexp="terminated" search_in="hdr" header="Subscription-State:" check_it="true" assign_to="2"/></action></recv>
          <Reference variables="2"/>
          <send><![CDATA[

            SIP/2.0 200 OK
            [last_Via:]
            [last_From:]
            [last_To:]
            [last_Call-ID:]
            [last_CSeq:]
            Content-Length: 0

          ]]></send>
        </scenario>
        """;
}
