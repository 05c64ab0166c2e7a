using Webphone.Grains.Calls;
using Webphone.Grains.Rooms;
using Webphone.Grains.Slots;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>The lamps of park slots and conferences.</summary>
public sealed class PlaceLampTests
{
    [Trait("Feature", "CNF-11")]
    [Fact]
    public async Task A_conference_key_lights_while_its_user_has_a_room_and_goes_dark_with_it()
    {
        await using var world = await EdgeWorld.Start();
        var phone = await world.Registered("101");
        var (key, room) = (phone.Watch("*38"), phone.Watch("99907"));
        Assert.Equal((200, 200), ((await key.Subscribe()).StatusCode, (await room.Subscribe()).StatusCode));
        Assert.Empty(await key.NextDialogs());
        Assert.Empty(await room.NextDialogs());
        var rooms = world.Grains.GetGrain<ITenantRoomsGrain>("acme");
        await rooms.RoomChanged(new RoomLamp("99907", "101", 2, 1));
        await key.Shows("recipient confirmed sip:99907@acme.example");
        await room.Shows("recipient confirmed sip:99907@acme.example");
        await rooms.RoomChanged(new RoomLamp("99907", "101", 0, 2));
        await key.Shows("recipient terminated");
        await room.Shows("recipient terminated");
    }

    [Trait("Feature", "PRK-03")]
    [Fact]
    public async Task A_slots_lamp_shows_who_is_parked_in_it()
    {
        await using var world = await EdgeWorld.Start();
        var lamp = (await world.Registered("101")).Watch("701");
        Assert.Equal(200, (await lamp.Subscribe()).StatusCode);
        Assert.Empty(await lamp.NextDialogs());
        var slots = world.Grains.GetGrain<ITenantSlotsGrain>("acme");
        var parked = new ParkedParty("acme/c1", new LegId("c1-0"), new Party("103", "User 103"), "102", new Party("102", "User 102"), DateTimeOffset.UtcNow);
        Assert.Equal(CallEnd.None, (await slots.Park(new ParkParty("701", parked))).Refusal);
        await lamp.Shows("recipient confirmed sip:103@acme.example");
        await slots.Free("701", "acme/c1");
        await lamp.Shows("recipient terminated");
    }

    /// <summary>RFC 5359 §2.16: the watcher's INVITE replaces the dialog that its lamp told it of.</summary>
    [Trait("Feature", "P20")]
    [Trait("Feature", "SID-02")]
    [Fact]
    public async Task A_key_picks_up_what_rings_by_the_name_that_its_lamp_gave_and_nothing_else()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var lamp = cid.Watch("102");
        await lamp.Subscribe();
        var calling = await ann.Call("102");
        var ringing = await bob.NextCall();
        ringing.Ring();
        var named = await Named(lamp, "early");

        Assert.Equal(481, (await (await cid.Call("102", headers: "Replaces: pickup-nothing;to-tag=nothing;from-tag=nothing\r\n")).Next(SessionEventKind.Ended)).Status);
        var taking = await cid.Call("102", headers: named);
        await taking.Next(SessionEventKind.Answered);
        await calling.Next(SessionEventKind.Answered);
        await ringing.Next(SessionEventKind.Ended);
        Assert.Equal(486, (await (await bob.Call("102", headers: named)).Next(SessionEventKind.Ended)).Status);
        taking.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0 && world.Journal.All.All(call => call.Ended));
        Assert.Equal(481, (await (await cid.Call("102", headers: named)).Next(SessionEventKind.Ended)).Status);
    }

    /// <summary>RFC 5359 §2.15: whoever watches the slot takes the call in it.</summary>
    [Trait("Feature", "PRK-04")]
    [Fact]
    public async Task A_key_takes_who_is_parked_by_the_name_that_the_slots_lamp_gave()
    {
        await using var world = await EdgeWorld.Start();
        var (ann, bob, cid) = (await world.Registered("101"), await world.Registered("102"), await world.Registered("103"));
        var lamp = cid.Watch("705");
        await lamp.Subscribe();
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        talking.Refer("<sip:705@acme.example>");
        await talking.NextNotify();
        await talking.NextNotify();
        await talking.Next(SessionEventKind.Ended);
        var taking = await cid.Call("705", headers: await Named(lamp, "confirmed"));
        await taking.Next(SessionEventKind.Answered);
        await lamp.Shows("recipient terminated");
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await taking.Next(SessionEventKind.Ended)).End);
        await Eventually.True(() => world.Edge.Legs == 0 && world.Endpoints == 0 && world.Journal.All.All(call => call.Ended));
    }

    /// <summary>Waits until the lamp is in this state, and says how to replace what it shows.</summary>
    private static async Task<string> Named(TestWatch lamp, string state)
    {
        while (true)
        {
            var dialog = (await lamp.NextDocument()).Elements(TestWatch.Dialogs + "dialog").FirstOrDefault(dialog => dialog.Element(TestWatch.Dialogs + "state")!.Value == state);
            if (dialog is not null)
                return $"Replaces: {(string?)dialog.Attribute("call-id")};to-tag={(string?)dialog.Attribute("remote-tag")};from-tag={(string?)dialog.Attribute("local-tag")}\r\n";
        }
    }
}
