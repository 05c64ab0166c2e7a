using Webphone.Cluster.Tests.Harness;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests;

/// <summary>What more than two phones do together, each of them on a silo of its own.</summary>
public sealed class AcrossTests(SiloCluster cluster) : IClassFixture<SiloCluster>
{
    [Fact]
    public async Task Three_phones_of_three_silos_hear_each_other_in_a_conference_that_its_host_may_leave()
    {
        cluster.Require();
        await using var host = await cluster.PhoneAsync(0, "101", toneHertz: 440);
        await using var second = await cluster.PhoneAsync(1, "102", toneHertz: 800);
        await using var third = await cluster.PhoneAsync(2, "103", toneHertz: 1200);
        await Gathering.MeetAsync(host, second, third);
        await host.HangUpAsync();
        await second.HearsAsync(1200);
        await third.HearsAsync(800);
        await second.HangUpAsync();
        await third.HangUpAsync();
    }

    [Fact]
    public async Task A_party_who_is_parked_on_one_silo_hears_music_and_is_taken_from_another()
    {
        cluster.Require();
        using var keeper = await PeerAsync(1, "105");
        await using var caller = await cluster.PhoneAsync(0, "104", toneHertz: 440);
        await using var taker = await cluster.PhoneAsync(2, "106", toneHertz: 1200);
        await Gathering.ParkAsync(keeper, caller, taker);
    }

    [Fact]
    public async Task A_call_that_rings_on_one_silo_is_picked_up_on_another()
    {
        cluster.Require();
        await using var caller = await cluster.PhoneAsync(0, "107", toneHertz: 440);
        await using var away = await cluster.PhoneAsync(1, "108", toneHertz: 800);
        await using var taker = await cluster.PhoneAsync(2, "109", toneHertz: 1200);
        await Gathering.PickUpAsync(caller, away, taker);
    }

    [Fact]
    public async Task Who_is_in_two_calls_by_two_silos_brings_the_other_two_together()
    {
        cluster.Require();
        using var one = await PeerAsync(0, "110");
        using var other = await PeerAsync(1, "110");
        using var audio = new RtpPeer();
        await using var kept = await cluster.PhoneAsync(2, "108", toneHertz: 440);
        await using var asked = await cluster.PhoneAsync(1, "109", toneHertz: 1200);
        var talking = await AnsweredAsync(one, kept, audio);
        var consulting = await AnsweredAsync(other, asked, audio);
        var dialog = Uri.EscapeDataString($"{consulting.CallId};to-tag={consulting.RemoteTag};from-tag={other.FromTag}");
        Assert.Equal(202, (await talking.RequestAsync("REFER", "", null, ("Refer-To", $"<sip:109@{SiloCluster.Domain}?Replaces={dialog}>"), ("Refer-Sub", "false"))).Status);
        await talking.HungUpAsync();
        await consulting.HungUpAsync();
        await kept.HearsAsync(1200);
        await asked.HearsAsync(440);
        await kept.HangUpAsync();
        await asked.NextAsync("CALL_CLOSED");
    }

    [Fact]
    public async Task An_invite_with_replaces_takes_a_call_that_rings_on_another_silo_and_then_ones_own_to_a_third()
    {
        cluster.Require();
        await using var caller = await cluster.PhoneAsync(0, "103", toneHertz: 440);
        using var away = await PeerAsync(1, "104");
        using var taker = await PeerAsync(2, "105");
        using var next = await PeerAsync(1, "105");
        using var takersAudio = new RtpPeer();
        using var nextAudio = new RtpPeer();
        await caller.DialAsync("104");
        var rings = await PeerCall.IncomingAsync(away);
        var taking = await taker.InviteAsync("104", takersAudio.Sdp(), ("Replaces", $"{rings.CallId};to-tag={rings.RemoteTag};from-tag={rings.LocalTag};early-only"));
        await away.ReplyAsync(await away.NextRequestAsync("CANCEL"), 200, "OK", rings.LocalTag);
        await rings.RejectAsync(487, "Request Terminated");
        await taking.ExpectAsync(200);
        takersAudio.Say(800, taking.RemoteMedia);
        await caller.HearsAsync(800);

        var dialog = $"{taking.CallId};to-tag={taking.RemoteTag};from-tag={taker.FromTag}";
        var early = await next.InviteAsync("105", nextAudio.Sdp(), ("Replaces", $"{dialog};early-only"));
        await early.ExpectAsync(486);
        var strangers = await away.InviteAsync("105", nextAudio.Sdp(), ("Replaces", dialog));
        await strangers.ExpectAsync(403);
        var moved = await next.InviteAsync("105", nextAudio.Sdp(), ("Replaces", dialog));
        await moved.ExpectAsync(200);
        await taking.HungUpAsync();
        nextAudio.Say(1200, moved.RemoteMedia);
        await caller.HearsAsync(1200);
        await caller.HangUpAsync();
        await moved.HungUpAsync();
    }

    [Fact]
    public async Task Lamps_show_users_and_slots_that_others_use_on_other_silos()
    {
        cluster.Require();
        using var watcher = await PeerAsync(0, "110");
        using var caller = await PeerAsync(1, "101");
        using var callee = await PeerAsync(2, "102");
        using var audio = new RtpPeer();
        var (user, slot) = (new PeerWatch(watcher, "102"), new PeerWatch(watcher, "704"));
        foreach (var lamp in new[] { user, slot })
        {
            Assert.Equal(200, (await lamp.SubscribeAsync()).Status);
            await lamp.ShowsAsync();
        }

        var (call, taken) = await Gathering.TalkAsync(caller, callee, audio, ringing: () => user.ShowsAsync("trying", "early"));
        await user.ShowsAsync("confirmed");

        Assert.Equal(202, (await taken.RequestAsync("REFER", "", null, ("Refer-To", $"<sip:704@{SiloCluster.Domain}>"), ("Refer-Sub", "false"))).Status);
        await taken.HungUpAsync();
        await slot.ShowsAsync("confirmed", "early");
        await user.ShowsAsync();
        await call.HangUpAsync();
        await slot.ShowsAsync();
    }

    [Fact]
    public async Task A_message_reaches_a_phone_of_another_silo_and_its_sender_hears_so()
    {
        cluster.Require();
        using var sender = await PeerAsync(0, "103");
        using var reader = await PeerAsync(2, "104");
        var sent = SendAsync(sender, "104", "Back at five");
        var message = await reader.NextRequestAsync("MESSAGE");
        Assert.Equal("Back at five", message.Body);
        Assert.Contains("103@", message["From"], StringComparison.Ordinal);
        await reader.ReplyAsync(message, 200, "OK", "reader");
        Assert.Equal(200, (await sent).Status);
    }

    [Fact]
    public async Task A_message_that_a_phone_of_another_silo_refuses_did_not_arrive()
    {
        cluster.Require();
        using var sender = await PeerAsync(0, "105");
        using var reader = await PeerAsync(1, "106");
        var sent = SendAsync(sender, "106", "Back at six");
        await reader.ReplyAsync(await reader.NextRequestAsync("MESSAGE"), 488, "Not Acceptable Here", "reader");
        Assert.Equal(480, (await sent).Status);
    }

    private static async Task<PeerCall> AnsweredAsync(SipPeer caller, BaresipPhone callee, RtpPeer audio)
    {
        var call = await caller.InviteAsync(callee.Extension, audio.Sdp());
        await callee.NextAsync("CALL_INCOMING");
        await callee.AnswerAsync();
        await call.ExpectAsync(200);
        await callee.NextAsync("CALL_ESTABLISHED");
        return call;
    }

    private static Task<SipText> SendAsync(SipPeer sender, string recipient, string text)
    {
        var target = $"sip:{recipient}@{SiloCluster.Domain}";
        return sender.AuthenticatedAsync("MESSAGE", target, SipPeer.Token(), $"<{target}>", [("Content-Type", "text/plain")], text, "");
    }

    private Task<SipPeer> PeerAsync(int silo, string extension) => SipPeer.RegisteredAsync(new SipPeer(cluster[silo], extension, domain: SiloCluster.Domain));
}
