using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Keys;

/// <summary>One user's keys: kept whole, and told to every frontend that shows them. Who has arranged none has those of their desk phones.</summary>
public sealed class PhoneKeysGrain : Grain, IPhoneKeysGrain
{
    private readonly IPersistentState<PhoneKeysState> _keys;
    private readonly IDirectory _directory;
    private readonly TimeProvider _time;
    private readonly Watchers<IPhoneKeysWatcher> _watchers;

    public PhoneKeysGrain(
        [PersistentState("keys", GrainServices.Storage)] IPersistentState<PhoneKeysState> keys, IDirectory directory, TimeProvider time, ILogger<PhoneKeysGrain> log)
    {
        _keys = keys;
        _directory = directory;
        _time = time;
        _watchers = new Watchers<IPhoneKeysWatcher>(WatchLease.Duration, time, log);
    }

    private PhoneKeysView View
    {
        get
        {
            if (_keys.State is { Version: > 0 } arranged) return new PhoneKeysView(arranged.Version, arranged.Keys);
            var (tenant, extension) = UserKey.Split(this.GetPrimaryKeyString());
            return new PhoneKeysView(0, DeskPhoneKeys.Of(tenant, extension, _directory));
        }
    }

    public Task<PhoneKeysView> Get() => Task.FromResult(View);

    public async Task<PhoneKeysView> Set(ImmutableArray<PhoneKey> keys)
    {
        if (keys.IsDefault || keys.Length > PhoneKeyLimits.Keys || !keys.All(PhoneKeyLimits.Fit)) throw new ArgumentException("Too many keys, or one that is none.", nameof(keys));
        if (View.Keys.SequenceEqual(keys)) return View;
        var before = _keys.State;
        _keys.State = new PhoneKeysState { Version = Versions.Next(View.Version, _time.GetUtcNow()), Keys = keys };
        try
        {
            await _keys.WriteStateAsync();
        }
        catch
        {
            _keys.State = before!;
            // What storage has is the truth; the next activation reads it.
            DeactivateOnIdle();
            throw;
        }

        var (userKey, view) = (this.GetPrimaryKeyString(), View);
        _watchers.Tell(watcher => watcher.KeysChanged(userKey, view));
        return view;
    }

    public Task<PhoneKeysView> Watch(IPhoneKeysWatcher watcher)
    {
        _watchers.Watch(watcher);
        return Task.FromResult(View);
    }

    public Task Unwatch(IPhoneKeysWatcher watcher)
    {
        _watchers.Unwatch(watcher);
        return Task.CompletedTask;
    }
}

/// <summary>What is kept. Replaced whole, never changed.</summary>
[GenerateSerializer, Immutable]
public sealed record PhoneKeysState
{
    public const int CurrentVersion = 1;

    [Id(0)]
    public int SchemaVersion { get; init; } = CurrentVersion;

    [Id(1)]
    public long Version { get; init; }

    [Id(2)]
    public ImmutableArray<PhoneKey> Keys { get; init; } = [];
}
