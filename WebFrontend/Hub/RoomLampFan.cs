using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Rooms;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Hub;

/// <summary>The lamp of each user's own conference, told to that user's browsers: lit while it is on, with them in it or not. Safe from any thread.</summary>
internal sealed partial class RoomLampFan : IRoomLampWatcher
{
    private readonly HubDirectory _directory;
    private readonly IHubContext<PhoneHub, IPhoneClient> _hub;
    private readonly IGrainFactory _grains;
    private readonly ILogger<RoomLampFan> _logger;
    private readonly Lazy<IRoomLampWatcher> _reference;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, RoomLamp>> _tenants = [];

    public RoomLampFan(HubDirectory directory, IHubContext<PhoneHub, IPhoneClient> hub, IGrainFactory grains, ILogger<RoomLampFan> logger)
    {
        _directory = directory;
        _hub = hub;
        _grains = grains;
        _logger = logger;
        _reference = new Lazy<IRoomLampWatcher>(() => grains.CreateObjectReference<IRoomLampWatcher>(this));
    }

    public Task RoomLampChanged(string tenant, RoomLamp room)
    {
        Take(tenant, room);
        return Task.CompletedTask;
    }

    /// <summary>The user's conference that is on; null when none is.</summary>
    public async Task<MyConference?> Of(HubUser user)
    {
        bool known;
        lock (_gate)
            known = _tenants.ContainsKey(user.Tenant);
        if (!known)
            await Ask(user.Tenant);
        lock (_gate)
            return _tenants.GetValueOrDefault(user.Tenant)?.Values.FirstOrDefault(lamp => lamp.Host == user.Extension && lamp.Members > 0) is { } lamp ? Of(lamp) : null;
    }

    public async Task Renew()
    {
        foreach (var tenant in _directory.Users().Select(user => user.Tenant).Distinct())
            await Ask(tenant);
    }

    private static MyConference Of(RoomLamp lamp) => new(lamp.Number, lamp.Members, lamp.Version);

    private async Task Ask(string tenant)
    {
        try
        {
            var lamps = await _grains.GetGrain<ITenantRoomsGrain>(tenant).Watch(_reference.Value);
            List<RoomLamp> gone;
            lock (_gate)
            {
                _tenants.TryAdd(tenant, []);
                gone = [.. _tenants[tenant].Values.Where(known => known.Members > 0 && lamps.All(lamp => lamp.Number != known.Number))];
            }
            foreach (var lamp in gone)
                Take(tenant, lamp with { Members = 0, Version = lamp.Version + 1 });
            foreach (var lamp in lamps)
                Take(tenant, lamp);
        }
        // The edge of one question: the next renewal asks again.
        catch (Exception failure)
        {
            LogNotWatched(failure, tenant);
        }
    }

    private void Take(string tenant, RoomLamp lamp)
    {
        lock (_gate)
        {
            if (!_tenants.TryGetValue(tenant, out var lamps))
                _tenants[tenant] = lamps = [];
            if (lamps.TryGetValue(lamp.Number, out var known) && known.Version >= lamp.Version)
                return;
            // One that is over has no host any more: whose it was is told.
            if (lamp.Host.Length == 0)
                lamp = lamp with { Host = known?.Host ?? "" };
            lamps[lamp.Number] = lamp;
        }
        if (_directory.FindUser($"{tenant}/{lamp.Host}") is not { } host)
            return;
        var told = Of(lamp);
        foreach (var connection in host.Sessions.SelectMany(session => session.Connections))
            connection.Send(() => _hub.Clients.Client(connection.Id).MyConferenceChanged(told));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The rooms of {Tenant} could not be watched")]
    private partial void LogNotWatched(Exception failure, string tenant);
}
