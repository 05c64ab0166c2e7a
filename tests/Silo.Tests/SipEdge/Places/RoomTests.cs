using Webphone.Grains.Calls;
using Webphone.Grains.Rooms;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge.Places;

/// <summary>Desk phones meet in conferences: by dialling, by REFER, by a merge, and called in by somebody who is there.</summary>
public sealed class RoomTests
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
        var host = await (await world.Registered("101")).Answered("*38");
        var number = Assert.Single(await world.Grains.GetGrain<ITenantRoomsGrain>("acme").GetRooms()).Number;
        Assert.Equal("99900", number);
        var guest = await (await world.Registered("102")).Answered(number);
        await world.Members(number, 2);
        host.Hangup();
        await world.Members(number, 1);
        var again = await (await world.Registered("101")).Answered("*38");
        await world.Members(number, 2);
        guest.Hangup();
        again.Hangup();
        await world.Members(number, 0);
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
        var room = await host.Answered("*38");
        foreach (var call in new[] { first, second })
        {
            call.Refer("<sip:99900@acme.example>");
            Assert.Equal(("SIP/2.0 100 Trying", "active;expires=60"), await call.NextNotify());
            Assert.Equal(Done, await call.NextNotify());
            await call.Next(SessionEventKind.Ended);
        }

        await world.Members("99900", 3);
        room.Hangup();
        await world.Members("99900", 2);
        bob.Hangup();
        cid.Hangup();
        await world.Members("99900", 0);
        await world.AllOver();
        Assert.Equal(
            ["101 Outbound 102", "101 Outbound 103", "101 Outbound 99900", "102 Inbound 99900", "103 Inbound 99900"],
            world.Journal.All.SelectMany(call => call.History).Texts().Order());
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
        await world.Members("99900", 3);
        await second.Next(SessionEventKind.Ended);
        first.Hangup();
        await world.Members("99900", 2);
        bob.Hangup();
        await world.Members("99900", 1);
        cid.Hangup();
        await world.Members("99900", 0);
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
        var host = await ann.Answered("*38");
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
        await world.Members("99900", 2);
        host.Hangup();
        await world.Members("99900", 1);
        guest.Hangup();
        await world.Members("99900", 0);
        await world.AllOver();
        Assert.Equal(["101 Outbound 99900", "102 Inbound 101", "102 Inbound 99900"], world.Journal.All.SelectMany(call => call.History).Texts().Order());
    }

    [Trait("Feature", "CNF-10")]
    [Fact]
    public async Task Nobody_is_called_into_a_conference_that_is_over()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var host = await ann.Answered("*38");
        host.Refer("<sip:102@acme.example>");
        var called = await bob.NextCall();
        called.Ring();
        Assert.Single((await world.Grains.GetGrain<IRoomGrain>("acme/99900").GetView()).Invitees);
        host.Hangup();
        Assert.Equal(SessionEnd.RemoteCancel, (await called.Next(SessionEventKind.Ended)).End);
        await world.Members("99900", 0);
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
            members.Add(await phone.Answered("99950"));
        await world.Members("99950", RoomLimits.Members);
        var eleventh = await phones[5].Call("99950");
        var refused = await eleventh.Next(SessionEventKind.Ended);
        Assert.Equal(486, refused.Status);
        Assert.Contains("Conference is full", refused.Message!.HeaderText(HeaderName.Reason), StringComparison.Ordinal);

        var room = world.Grains.GetGrain<IRoomGrain>("acme/99950");
        Assert.Equal(CallEnd.Forbidden, await room.Lock("102", true));
        Assert.Equal(CallEnd.None, await room.Lock("101", true));
        members[^1].Hangup();
        await world.Members("99950", 9);
        var late = await phones[5].Call("99950");
        Assert.Equal(403, (await late.Next(SessionEventKind.Ended)).Status);

        var second = (await room.GetView()).Members.Single(member => member.Extension == "102");
        Assert.Equal(CallEnd.Forbidden, await room.Kick("103", second.Leg));
        Assert.Equal(CallEnd.None, await room.Mute("101", second.Leg, true));
        Assert.Equal(CallEnd.None, await room.Kick("101", second.Leg));
        Assert.Equal(SessionEnd.RemoteBye, (await members[1].Next(SessionEventKind.Ended)).End);
        foreach (var member in members)
            member.Hangup();
        await world.Members("99950", 0);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0);
    }

    [Trait("Feature", "CNF-13")]
    [Fact]
    public async Task Who_has_asked_for_the_room_first_sends_their_caller_there_in_their_own_place()
    {
        await using var world = await EdgeWorld.Start();
        var host = await world.Registered("101");
        var (first, bob) = await EdgeWorld.Connected(host, await world.Registered("102"));
        var room = await host.Answered("*38");
        var guest = await (await world.Registered("103")).Answered("99900");
        await world.Members("99900", 2);
        first.Refer($"<sip:*38@acme.example?Replaces={Uri.EscapeDataString(room.DialogName)}>");
        await first.NextNotify();
        Assert.Equal(Done, await first.NextNotify());
        await first.Next(SessionEventKind.Ended);
        await room.Next(SessionEventKind.Ended);
        await world.Members("99900", 2);
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
        var room = await host.Answered("*38");
        var (consultation, bob) = await EdgeWorld.Connected(host, await world.Registered("102"));
        room.Refer($"<sip:102@acme.example?Replaces={Uri.EscapeDataString(consultation.DialogName)}>");
        await room.NextNotify();
        Assert.Equal(Done, await room.NextNotify());
        await consultation.Next(SessionEventKind.Ended);
        await world.Members("99900", 2);
        room.Hangup();
        await world.Members("99900", 1);
        bob.Hangup();
        await world.AllOver();
    }
}
