using System.Text;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Rooms;
using Webphone.Grains.Slots;
using Webphone.Grains.Users;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Desk phones meet in conferences, park calls, and take calls that ring or are parked.</summary>
public sealed class PlaceTests
{
    private static readonly (string, string) Done = ("SIP/2.0 200 OK", "terminated;reason=noresource");

    [Trait("Feature", "CNF-12")]
    [Trait("Feature", "CNF-10")]
    [Trait("Feature", "Failure-14")]
    [Trait("Feature", "CNF-14")]
    [Trait("Feature", "CNF-09")]
    [Fact]
    public async Task A_conference_begins_by_dialling_and_is_over_when_the_last_has_left_and_its_number_is_in_the_history()
    {
        await using var world = await EdgeWorld.Start();
        var host = await Answered(await world.Registered("101"), "*38");
        var number = Assert.Single(await world.Grains.GetGrain<ITenantRoomsGrain>("acme").GetRooms()).Number;
        Assert.Equal("99900", number);
        var guest = await Answered(await world.Registered("102"), number);
        await Members(world, number, 2);
        host.Hangup();
        await Members(world, number, 1);
        var again = await Answered(await world.Registered("101"), "*38");
        await Members(world, number, 2);
        guest.Hangup();
        again.Hangup();
        await Members(world, number, 0);
        await world.AllOver();
        Assert.All(world.Journal.All.SelectMany(call => call.History), entry => Assert.Equal((number, CallEnd.Completed), (entry.Peer.Number, entry.End)));
        Assert.Empty(await world.Grains.GetGrain<ITenantRoomsGrain>("acme").GetRooms());
    }

    [Trait("Feature", "CNF-13")]
    [Trait("Feature", "CNF-11")]
    [Fact]
    public async Task The_conference_key_of_a_desk_phone_brings_both_parties_into_the_room_by_refer()
    {
        await using var world = await EdgeWorld.Start();
        var host = await world.Registered("101");
        var (first, bob) = await EdgeWorld.Connected(host, await world.Registered("102"));
        var (second, cid) = await EdgeWorld.Connected(host, await world.Registered("103"));
        var room = await Answered(host, "*38");
        foreach (var call in new[] { first, second })
        {
            call.Refer("<sip:99900@acme.example>");
            Assert.Equal(("SIP/2.0 100 Trying", "active;expires=60"), await call.NextNotify());
            Assert.Equal(Done, await call.NextNotify());
            await call.Next(SessionEventKind.Ended);
        }

        await Members(world, "99900", 3);
        room.Hangup();
        await Members(world, "99900", 2);
        bob.Hangup();
        cid.Hangup();
        await Members(world, "99900", 0);
        await world.AllOver();
        Assert.Equal(
            ["101 Outbound 102", "101 Outbound 103", "101 Outbound 99900", "102 Inbound 99900", "103 Inbound 99900"],
            Texts(world.Journal.All.SelectMany(call => call.History)).Order());
    }

    [Trait("Feature", "CNF-01")]
    [Trait("Feature", "CNF-08")]
    [Fact]
    public async Task Two_calls_merge_into_a_conference_that_goes_on_without_its_host()
    {
        await using var world = await EdgeWorld.Start();
        var host = await world.Registered("101");
        var (first, bob) = await EdgeWorld.Connected(host, await world.Registered("102"));
        var (second, cid) = await EdgeWorld.Connected(host, await world.Registered("103"));
        var (one, other) = (world.Journal.All.Single(call => call.State.CalleeExtension == "102").State, world.Journal.All.Single(call => call.State.CalleeExtension == "103").State);
        await world.Grains.GetGrain<ICallGrain>(one.CallKey).Transfer(
            new TransferRequest("m1", one.CallerLeg.Id, "", new Consultation(other.CallKey, other.CallerLeg.Id), MoveKind.Merge));
        await Members(world, "99900", 3);
        await second.Next(SessionEventKind.Ended);
        first.Hangup();
        await Members(world, "99900", 2);
        bob.Hangup();
        await Members(world, "99900", 1);
        cid.Hangup();
        await Members(world, "99900", 0);
        await world.AllOver();
        Assert.Equal(4, world.Journal.All.SelectMany(call => call.History).Count());
    }

    [Trait("Feature", "CNF-04")]
    [Trait("Feature", "CTL-08")]
    [Fact]
    public async Task A_phone_in_a_conference_refers_it_to_somebody_who_is_called_in_and_it_hears_what_became_of_that()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var host = await Answered(ann, "*38");
        host.Refer("<sip:102@acme.example>");
        Assert.Equal("SIP/2.0 100 Trying", (await host.NextNotify()).Line);
        var busy = await bob.NextCall();
        Assert.EndsWith(";isfocus", busy.Invite!.HeaderText(HeaderName.Contact), StringComparison.Ordinal);
        Assert.Contains("Conference: ", busy.Invite.HeaderText(HeaderName.From), StringComparison.Ordinal);
        busy.Reject(486);
        Assert.Equal(("SIP/2.0 486 Busy Here", "terminated;reason=noresource"), await host.NextNotify());

        host.Refer("<sip:102@acme.example>");
        await host.NextNotify();
        var guest = await bob.NextCall();
        guest.Ring();
        guest.Answer();
        Assert.Equal(Done, await host.NextNotify());
        await Members(world, "99900", 2);
        host.Hangup();
        await Members(world, "99900", 1);
        guest.Hangup();
        await Members(world, "99900", 0);
        await world.AllOver();
        Assert.Equal(["101 Outbound 99900", "102 Inbound 101", "102 Inbound 99900"], Texts(world.Journal.All.SelectMany(call => call.History)).Order());
    }

    [Trait("Feature", "CNF-10")]
    [Fact]
    public async Task Nobody_is_called_into_a_conference_that_is_over()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var host = await Answered(ann, "*38");
        host.Refer("<sip:102@acme.example>");
        var called = await bob.NextCall();
        called.Ring();
        Assert.Single((await world.Grains.GetGrain<IRoomGrain>("acme/99900").GetView()).Invitees);
        host.Hangup();
        Assert.Equal(SessionEnd.RemoteCancel, (await called.Next(SessionEventKind.Ended)).End);
        await Members(world, "99900", 0);
        await world.AllOver();
    }

    [Trait("Feature", "CNF-07")]
    [Fact]
    public async Task The_eleventh_is_refused_with_words_and_a_locked_room_takes_nobody()
    {
        await using var world = await EdgeWorld.Start();
        var phones = new List<TestPhone>();
        for (var extension = 101; extension <= 110; extension++)
            phones.Add(await world.Registered($"{extension}"));
        var members = new List<TestCall>();
        foreach (var phone in phones)
            members.Add(await Answered(phone, "99950"));
        await Members(world, "99950", RoomLimits.Members);
        var eleventh = await phones[5].Call("99950");
        var refused = await eleventh.Next(SessionEventKind.Ended);
        Assert.Equal(486, refused.Status);
        Assert.Contains("Conference is full", refused.Message!.HeaderText(HeaderName.Reason), StringComparison.Ordinal);

        var room = world.Grains.GetGrain<IRoomGrain>("acme/99950");
        Assert.Equal(CallEnd.Forbidden, await room.Lock("102", true));
        Assert.Equal(CallEnd.None, await room.Lock("101", true));
        members[^1].Hangup();
        await Members(world, "99950", 9);
        var late = await phones[5].Call("99950");
        Assert.Equal(403, (await late.Next(SessionEventKind.Ended)).Status);

        var second = (await room.GetView()).Members.Single(member => member.Extension == "102");
        Assert.Equal(CallEnd.Forbidden, await room.Kick("103", second.Leg));
        Assert.Equal(CallEnd.None, await room.Mute("101", second.Leg, true));
        Assert.Equal(CallEnd.None, await room.Kick("101", second.Leg));
        Assert.Equal(SessionEnd.RemoteBye, (await members[1].Next(SessionEventKind.Ended)).End);
        foreach (var member in members)
            member.Hangup();
        await Members(world, "99950", 0);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0);
    }

    [Trait("Feature", "PRK-02")]
    [Trait("Feature", "PRK-03")]
    [Trait("Feature", "PRK-04")]
    [Fact]
    public async Task A_call_is_parked_by_transfer_and_anyone_takes_it_by_dialling_the_slot()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        talking.Refer("<sip:*68@acme.example>");
        await talking.NextNotify();
        Assert.Equal(Done, await talking.NextNotify());
        await talking.Next(SessionEventKind.Ended);
        var slots = world.Grains.GetGrain<ITenantSlotsGrain>("acme");
        var parked = (await slots.GetView()).Slots.First(slot => slot.Parked is not null);
        Assert.Equal(("701", "101", "102"), (parked.Slot, parked.Parked!.Party.Number, parked.Parked.ByExtension));

        var (others, keeping) = await EdgeWorld.Connected(cid, bob);
        keeping.Refer("<sip:701@acme.example>");
        await keeping.NextNotify();
        Assert.Equal("SIP/2.0 486 Busy Here", (await keeping.NextNotify()).Line);
        others.Hangup();
        await keeping.Next(SessionEventKind.Ended);

        var taking = await Answered(cid, "701");
        await Eventually.True(async () => (await slots.Find("701")) is null);
        Assert.Equal(404, (await (await bob.Call("701")).Next(SessionEventKind.Ended)).Status);
        taking.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
        Assert.Single(world.Journal.All.SelectMany(call => call.History), entry => entry.Extension == "101");
        Assert.Contains(world.Journal.All.SelectMany(call => call.History), entry => entry is { Extension: "103", Direction: CallDirection.Outbound, Peer.Number: "101", AnsweredAt: not null });
    }

    [Trait("Feature", "PRK-05")]
    [Fact]
    public async Task A_parked_party_who_hangs_up_frees_the_slot()
    {
        await using var world = await EdgeWorld.Start();
        var (calling, talking) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        talking.Refer("<sip:705@acme.example>");
        await talking.NextNotify();
        Assert.Equal(Done, await talking.NextNotify());
        calling.Hangup();
        await Eventually.True(async () => (await world.Grains.GetGrain<ITenantSlotsGrain>("acme").Find("705")) is null);
        await world.Over();
    }

    [Trait("Feature", "P20")]
    [Theory]
    [InlineData("**102")]
    [InlineData("*8")]
    public async Task A_call_that_rings_elsewhere_is_answered_by_pickup(string code)
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        ringing.Ring();
        await calling.Next(SessionEventKind.Progress);
        var taking = await Answered(cid, code);
        await calling.Next(SessionEventKind.Answered);
        Assert.Equal(SessionEnd.RemoteCancel, (await ringing.Next(SessionEventKind.Ended)).End);
        taking.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
        Assert.Equal(["101 Outbound 103", "102 Inbound 101", "103 Outbound 101"], Texts(world.Journal.All.SelectMany(call => call.History)));
    }

    [Trait("Feature", "P20")]
    [Fact]
    public async Task Nothing_to_pick_up_is_said_and_nobody_outside_the_group_takes_by_the_group_code()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, dee) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("104"));
        Assert.Equal(404, (await (await dee.Call("**102")).Next(SessionEventKind.Ended)).Status);
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        ringing.Ring();
        await calling.Next(SessionEventKind.Progress);
        Assert.Equal(404, (await (await dee.Call("*8")).Next(SessionEventKind.Ended)).Status);
        calling.Hangup();
        await ringing.Next(SessionEventKind.Ended);
    }

    [Trait("Feature", "P20")]
    [Fact]
    public async Task An_invite_with_replaces_takes_a_ringing_call_and_moves_ones_own_to_another_phone_and_nobody_elses()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        ringing.Ring();
        await calling.Next(SessionEventKind.Progress);
        var taking = await cid.Call("102", headers: Replaces(ringing, ";early-only"));
        await taking.Next(SessionEventKind.Answered);
        await calling.Next(SessionEventKind.Answered);
        await ringing.Next(SessionEventKind.Ended);

        Assert.Equal(486, (await (await cid.Call("103", headers: Replaces(taking, ";early-only"))).Next(SessionEventKind.Ended)).Status);
        Assert.Equal(403, (await (await bob.Call("103", headers: Replaces(taking, ""))).Next(SessionEventKind.Ended)).Status);
        Assert.Equal(481, (await (await bob.Call("103", headers: "Replaces: nobody;to-tag=1;from-tag=2\r\n")).Next(SessionEventKind.Ended)).Status);
        var going = await world.Registered("103");
        var moved = await going.Call("103", headers: Replaces(taking, ""));
        await moved.Next(SessionEventKind.Answered);
        await taking.Next(SessionEventKind.Ended);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await moved.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
    }

    [Trait("Feature", "CTL-10")]
    [Fact]
    public async Task Who_dials_the_switch_code_on_another_phone_goes_on_there_and_the_other_side_notices_nothing()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, other) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("102"));
        Assert.Equal(404, (await (await other.Call("*11")).Next(SessionEventKind.Ended)).Status);
        var calling = await ann.Call("102");
        var (ringing, passed) = (await bob.NextCall(), await other.NextCall());
        ringing.Answer();
        await calling.Next(SessionEventKind.Answered);
        await passed.Next(SessionEventKind.Ended);

        var pulled = await Answered(other, "*11");
        Assert.Equal(SessionEnd.RemoteBye, (await ringing.Next(SessionEventKind.Ended)).End);
        Assert.False(calling.HasNext);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await pulled.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
        Assert.Equal(["101 Outbound 102", "102 Inbound 101"], Texts(world.Journal.All.SelectMany(call => call.History).Where(entry => entry.AnsweredAt is not null)));
    }

    [Trait("Feature", "CTL-10")]
    [Fact]
    public async Task The_switch_code_is_refused_at_the_phone_that_has_the_call_already_and_the_call_goes_on()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), world.Phone("102"));
        // It calls from the address that it registered.
        Assert.Equal(200, await bob.Register(contact: $"<sip:{bob.Network.Listening[0].EndPoint}>"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        var here = await (await bob.Call("*11")).Next(SessionEventKind.Ended);
        Assert.Equal(403, here.Status);
        Assert.Contains("Not allowed", here.Message!.HeaderText(HeaderName.Reason), StringComparison.Ordinal);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await talking.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
    }

    [Trait("Feature", "CTL-10")]
    [Fact]
    public async Task A_member_of_a_conference_goes_on_at_another_phone()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, other) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("102"));
        var first = await Answered(ann, "99950");
        var second = await Answered(bob, "99950");
        await Members(world, "99950", 2);
        var pulled = await Answered(other, "*11");
        Assert.Equal(SessionEnd.RemoteBye, (await second.Next(SessionEventKind.Ended)).End);
        await Members(world, "99950", 2);
        first.Hangup();
        pulled.Hangup();
        await Members(world, "99950", 0);
        await world.AllOver();
    }

    [Trait("Feature", "INC-08")]
    [Fact]
    public async Task An_intercom_call_asks_the_phone_to_answer_and_is_refused_while_its_user_talks()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var calling = await ann.Call("*9102");
        var asked = await bob.NextCall();
        Assert.Contains("answer-after=0", Encoding.ASCII.GetString(asked.Invite!.Headers(HeaderName.CallInfo).First), StringComparison.Ordinal);
        Assert.Contains("alert-autoanswer", Encoding.ASCII.GetString(asked.Invite.Headers(HeaderName.AlertInfo).First), StringComparison.Ordinal);
        asked.Answer();
        await calling.Next(SessionEventKind.Answered);
        Assert.Equal(486, (await (await cid.Call("*9102")).Next(SessionEventKind.Ended)).Status);
        calling.Hangup();
        await asked.Next(SessionEventKind.Ended);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0);
    }

    [Trait("Feature", "CTL-04")]
    [Fact]
    public async Task A_phone_that_left_somebody_on_hold_rings_for_them_in_its_own_way()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var (calling, holding) = await EdgeWorld.Connected(ann, bob);
        Assert.True(await world.Grains.GetGrain<IUserGrain>("acme/102").SetCallSettings(new CallSettings(CallSettings.ShortestHoldRecall, [])));
        holding.Offer(TestSdp.Offer(direction: "sendonly", version: 2));
        var reminds = await bob.NextCall();
        Assert.Contains("urn:alert:service:recall:hold", Encoding.ASCII.GetString(reminds.Invite!.Headers(HeaderName.AlertInfo).First), StringComparison.Ordinal);
        Assert.Contains("On hold: ", reminds.Invite.HeaderText(HeaderName.From), StringComparison.Ordinal);
        reminds.Answer();
        Assert.Equal(SessionEnd.RemoteBye, (await holding.Next(SessionEventKind.Ended)).End);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await reminds.Next(SessionEventKind.Ended)).End);
        await world.AllOver();
        Assert.Equal(["101 Outbound 102", "102 Inbound 101"], Texts(world.Journal.All.SelectMany(call => call.History)));
    }

    [Trait("Feature", "CNF-13")]
    [Fact]
    public async Task Who_has_asked_for_the_room_first_sends_their_caller_there_in_their_own_place()
    {
        await using var world = await EdgeWorld.Start();
        var host = await world.Registered("101");
        var (first, bob) = await EdgeWorld.Connected(host, await world.Registered("102"));
        var room = await Answered(host, "*38");
        var guest = await Answered(await world.Registered("103"), "99900");
        await Members(world, "99900", 2);
        var dialog = room.Session.Dialog!;
        first.Refer($"<sip:*38@acme.example?Replaces={Uri.EscapeDataString($"{Text(dialog.CallId)};to-tag={Text(dialog.RemoteTag)};from-tag={Text(dialog.LocalTag)}")}>");
        await first.NextNotify();
        Assert.Equal(Done, await first.NextNotify());
        await first.Next(SessionEventKind.Ended);
        await room.Next(SessionEventKind.Ended);
        await Members(world, "99900", 2);
        Assert.Contains((await world.Grains.GetGrain<IRoomGrain>("acme/99900").GetView()).Members, member => member.Extension == "102");
        bob.Hangup();
        guest.Hangup();
        await world.AllOver();
    }

    [Trait("Feature", "CNF-06")]
    [Fact]
    public async Task From_a_conference_the_far_side_of_a_consultation_is_sent_to_it_by_refer()
    {
        await using var world = await EdgeWorld.Start();
        var host = await world.Registered("101");
        var room = await Answered(host, "*38");
        var (consultation, bob) = await EdgeWorld.Connected(host, await world.Registered("102"));
        var dialog = consultation.Session.Dialog!;
        room.Refer($"<sip:102@acme.example?Replaces={Uri.EscapeDataString($"{Text(dialog.CallId)};to-tag={Text(dialog.RemoteTag)};from-tag={Text(dialog.LocalTag)}")}>");
        await room.NextNotify();
        Assert.Equal(Done, await room.NextNotify());
        await consultation.Next(SessionEventKind.Ended);
        await Members(world, "99900", 2);
        room.Hangup();
        await Members(world, "99900", 1);
        bob.Hangup();
        await world.AllOver();
    }

    [Trait("Feature", "PRK-02")]
    [Fact]
    public async Task Dialled_alone_the_park_code_parks_whom_one_holds_and_says_where_or_says_no()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var (calling, holding) = await EdgeWorld.Connected(ann, bob);
        holding.Offer(TestSdp.Offer(direction: "sendonly", version: 2));
        await Eventually.True(async () => (await world.Grains.GetGrain<IUserGrain>("acme/102").GetView()).Calls is [{ } call] && call.Parties.Any(party => party is { Extension: "102", Holding: true }));
        var saying = await Answered(bob, "*68");
        Assert.Equal(SessionEnd.RemoteBye, (await holding.Next(SessionEventKind.Ended)).End);
        Assert.Equal("101", (await world.Grains.GetGrain<ITenantSlotsGrain>("acme").Find("701"))!.Party.Number);
        saying.Hangup();
        calling.Hangup();
        await Eventually.True(async () => (await world.Grains.GetGrain<ITenantSlotsGrain>("acme").Find("701")) is null);

        var refused = await Answered(bob, "*68");
        Assert.Contains("Not allowed", (await refused.Next(SessionEventKind.Ended)).Message!.HeaderText(HeaderName.Reason), StringComparison.Ordinal);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0);
    }

    private static async Task<TestCall> Answered(TestPhone phone, string number)
    {
        var call = await phone.Call(number);
        await call.Next(SessionEventKind.Answered);
        return call;
    }

    private static Task Members(EdgeWorld world, string number, int count) =>
        Eventually.True(async () => (await world.Grains.GetGrain<IRoomGrain>($"acme/{number}").GetView()).Members.Length == count);

    private static IEnumerable<string> Texts(IEnumerable<HistoryEntry> entries) =>
        entries.OrderBy(entry => entry.Extension).Select(entry => $"{entry.Extension} {entry.Direction} {entry.Peer.Number}");

    /// <summary>Names a phone's dialog in the server's terms.</summary>
    private static string Replaces(TestCall call, string more)
    {
        var dialog = call.Session.Dialog!;
        return $"Replaces: {Text(dialog.CallId)};to-tag={Text(dialog.RemoteTag)};from-tag={Text(dialog.LocalTag)}{more}\r\n";
    }

    private static string Text(byte[] bytes) => Encoding.ASCII.GetString(bytes);
}
