using System.Collections.Immutable;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Calls;
using Webphone.Grains.Rooms;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Hub;

/// <summary>Conferences, told to the browsers of those who have a call in them.</summary>
internal sealed class RoomFan : IRoomWatcher
{
    private readonly HubDirectory _directory;
    private readonly IHubContext<PhoneHub, IPhoneClient> _hub;
    private readonly WatchedViews<RoomView> _rooms;

    public RoomFan(HubDirectory directory, IHubContext<PhoneHub, IPhoneClient> hub, IGrainFactory grains, ILogger<RoomFan> logger)
    {
        _directory = directory;
        _hub = hub;
        var watcher = new Lazy<IRoomWatcher>(() => grains.CreateObjectReference<IRoomWatcher>(this));
        _rooms = new WatchedViews<RoomView>(
            new WatchedViews<RoomView>.Source(
                key => grains.GetGrain<IRoomGrain>(key).Watch(watcher.Value),
                key => grains.GetGrain<IRoomGrain>(key).Unwatch(watcher.Value),
                static room => room.Version,
                key => UsersIn(key).Any()),
            (key, _, told) => Tell(key, told),
            logger);
    }

    public Task RoomChanged(RoomView room)
    {
        _rooms.Take(room.RoomKey, room);
        return Task.CompletedTask;
    }

    /// <summary>The user has a call in the room: they are shown it from now on.</summary>
    public async Task Follow(HubUser user, string number)
    {
        if (_rooms.Find(KeyOf(user, number)) is { } known)
            Tell(user, known);
        else
            await _rooms.Follow(KeyOf(user, number));
    }

    public async Task<ImmutableArray<Conference>> Of(HubUser user)
    {
        var rooms = await Task.WhenAll(user.Rooms.Select(number => _rooms.Follow(KeyOf(user, number))));
        return [.. rooms.OfType<RoomView>().Select(ConferenceOf)];
    }

    public Task Renew() => _rooms.Renew();

    private static string KeyOf(HubUser user, string number) => $"{user.Tenant}/{number}";

    private static Conference ConferenceOf(RoomView room) => new(
        room.Number,
        room.Version,
        room.Host,
        room.Locked,
        [.. room.Members.Select(member => new ConferenceMember(
            member.Leg.Value,
            PeerOf(member.Party, member.Extension),
            member.JoinedAt,
            member.Muted,
            member.Holding,
            member.Speaking))],
        room.StartedAt,
        [.. room.Invitees.Select(invitee => new ConferenceInvitee(
            invitee.Leg.Value,
            PeerOf(invitee.Party, invitee.Extension),
            new Peer(invitee.By.Number, invitee.By.Name, invitee.By.Number),
            invitee.Since))]);

    /// <summary>Who is outside has no extension.</summary>
    private static Peer PeerOf(Party party, string extension) => new(party.Number, party.Name, extension.Length > 0 ? extension : null);

    private IEnumerable<HubUser> UsersIn(string key) =>
        _directory.Users().Where(user => key.StartsWith(user.Tenant + "/", StringComparison.Ordinal) && user.Rooms.Any(number => KeyOf(user, number) == key));

    private void Tell(string key, RoomView room)
    {
        foreach (var user in UsersIn(key))
            Tell(user, room);
    }

    private void Tell(HubUser user, RoomView room)
    {
        var conference = ConferenceOf(room);
        foreach (var connection in user.Sessions.SelectMany(session => session.Connections))
            connection.Send(() => _hub.Clients.Client(connection.Id).ConferenceChanged(conference));
    }
}
