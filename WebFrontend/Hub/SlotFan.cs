using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Calls;
using Webphone.Grains.Slots;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Hub;

/// <summary>The park boards of the tenants, told to all of their users' browsers.</summary>
internal sealed class SlotFan : ISlotWatcher
{
    private readonly HubDirectory _directory;
    private readonly IHubContext<PhoneHub, IPhoneClient> _hub;
    private readonly WatchedViews<SlotsView> _boards;

    public SlotFan(HubDirectory directory, IHubContext<PhoneHub, IPhoneClient> hub, IGrainFactory grains, ILogger<SlotFan> logger)
    {
        _directory = directory;
        _hub = hub;
        var watcher = new Lazy<ISlotWatcher>(() => grains.CreateObjectReference<ISlotWatcher>(this));
        _boards = new WatchedViews<SlotsView>(
            new WatchedViews<SlotsView>.Source(
                tenant => grains.GetGrain<ITenantSlotsGrain>(tenant).Watch(watcher.Value),
                tenant => grains.GetGrain<ITenantSlotsGrain>(tenant).Unwatch(watcher.Value),
                static slots => slots.Version,
                tenant => directory.Users().Any(user => user.Tenant == tenant)),
            (key, _, told) => Tell(key, told),
            logger);
    }

    public Task SlotsChanged(string tenant, SlotsView slots)
    {
        _boards.Take(tenant, slots);
        return Task.CompletedTask;
    }

    public async Task<ParkBoard?> Of(HubUser user) => await _boards.Follow(user.Tenant) is { } slots ? BoardOf(slots) : null;

    public Task Renew() => _boards.Renew();

    private static ParkBoard BoardOf(SlotsView slots) => new(slots.Version, [.. slots.Slots.Select(slot => new ParkSlot(
        slot.Slot,
        slot.Parked is { } parked ? PeerOf(parked.Party, null) : null,
        slot.Parked is { } who ? PeerOf(who.By, who.ByExtension) : null,
        slot.Parked?.Since))]);

    private static Peer PeerOf(Party party, string? extension) => new(party.Number, party.Name, extension);

    private void Tell(string tenant, SlotsView slots)
    {
        var board = BoardOf(slots);
        foreach (var connection in _directory.Users().Where(user => user.Tenant == tenant).SelectMany(user => user.Sessions).SelectMany(session => session.Connections))
            connection.Send(() => _hub.Clients.Client(connection.Id).ParkBoardChanged(board));
    }
}
