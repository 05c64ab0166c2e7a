using Webphone.Grains.Calls;
using Webphone.Grains.Rooms;
using Webphone.Grains.Slots;

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
}
