using System.Collections.Immutable;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Keys;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Hub;

/// <summary>Users' keys, told to all of their browsers here.</summary>
internal sealed class KeyFan : IPhoneKeysWatcher
{
    private readonly HubDirectory _directory;
    private readonly IHubContext<PhoneHub, IPhoneClient> _hub;
    private readonly IGrainFactory _grains;
    private readonly WatchedViews<PhoneKeysView> _keys;

    public KeyFan(HubDirectory directory, IHubContext<PhoneHub, IPhoneClient> hub, IGrainFactory grains, ILogger<KeyFan> logger)
    {
        _directory = directory;
        _hub = hub;
        _grains = grains;
        var watcher = new Lazy<IPhoneKeysWatcher>(() => grains.CreateObjectReference<IPhoneKeysWatcher>(this));
        _keys = new WatchedViews<PhoneKeysView>(
            new WatchedViews<PhoneKeysView>.Source(
                key => grains.GetGrain<IPhoneKeysGrain>(key).Watch(watcher.Value),
                key => grains.GetGrain<IPhoneKeysGrain>(key).Unwatch(watcher.Value),
                static keys => keys.Version,
                key => directory.FindUser(key) is not null),
            (key, _, told) => Tell(key, told),
            logger);
    }

    public Task KeysChanged(string userKey, PhoneKeysView keys)
    {
        _keys.Take(userKey, keys);
        return Task.CompletedTask;
    }

    public async Task<KeyBoard> Of(HubUser user) => await _keys.Follow(user.Key) is { } keys ? BoardOf(keys) : new KeyBoard(0, []);

    public async Task<KeyBoard> Set(HubUser user, ImmutableArray<KeySetting> keys)
    {
        var kept = await _grains.GetGrain<IPhoneKeysGrain>(user.Key).Set([.. keys.Select(KeyOf)]);
        _keys.Take(user.Key, kept);
        return BoardOf(kept);
    }

    public Task Renew() => _keys.Renew();

    public static bool Fits(KeySetting? key) => key is not null && PhoneKeyLimits.Fit(KeyOf(key));

    private static PhoneKey KeyOf(KeySetting key) => new(key.Kind, key.Target, key.Label);

    private static KeyBoard BoardOf(PhoneKeysView keys) => new(keys.Version, [.. keys.Keys.Select(key => new KeySetting(key.Kind, key.Target, key.Label))]);

    private void Tell(string userKey, PhoneKeysView keys)
    {
        if (_directory.FindUser(userKey) is not { } user)
            return;
        var board = BoardOf(keys);
        foreach (var connection in user.Sessions.SelectMany(session => session.Connections))
            connection.Send(() => _hub.Clients.Client(connection.Id).KeyBoardChanged(board));
    }
}
