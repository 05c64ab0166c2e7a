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
    private PhoneKeysView _desk = new(0, []);

    public PhoneKeysGrain(
        [PersistentState("keys", GrainServices.Storage)] IPersistentState<PhoneKeysState> keys, IDirectory directory, TimeProvider time, ILogger<PhoneKeysGrain> log)
    {
        _keys = keys;
        _directory = directory;
        _time = time;
        _watchers = new Watchers<IPhoneKeysWatcher>(WatchLease.Duration, time, log);
    }

    public Task<PhoneKeysView> Get() => Task.FromResult(Look());

    public Task DeskPhonesChanged()
    {
        Look();
        return Task.CompletedTask;
    }

    public async Task<PhoneKeysView> Set(ImmutableArray<PhoneKey> keys)
    {
        if (keys.IsDefault || keys.Length > PhoneKeyLimits.Keys || !keys.All(PhoneKeyLimits.Fit)) throw new ArgumentException("Too many keys, or one that is none.", nameof(keys));
        var shown = Look();
        if (shown.Keys.SequenceEqual(keys)) return shown;
        var before = _keys.State;
        _keys.State = new PhoneKeysState { Version = Versions.Next(shown.Version, _time.GetUtcNow()), Keys = keys };
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

        return Tell(Look());
    }

    public Task<PhoneKeysView> Watch(IPhoneKeysWatcher watcher)
    {
        var view = Look();
        _watchers.Watch(watcher);
        return Task.FromResult(view);
    }

    public Task Unwatch(IPhoneKeysWatcher watcher)
    {
        _watchers.Unwatch(watcher);
        return Task.CompletedTask;
    }

    /// <summary>The keys as they are now; those who watch are told when a desk phone's are others than at the last look.</summary>
    private PhoneKeysView Look()
    {
        if (_keys.State is { Version: > 0 } arranged) return new PhoneKeysView(arranged.Version, arranged.Keys);
        var (tenant, extension) = UserKey.Split(this.GetPrimaryKeyString());
        var keys = DeskPhoneKeys.Of(tenant, extension, _directory);
        if (_desk.Version > 0 && _desk.Keys.SequenceEqual(keys)) return _desk;
        return Tell(_desk = new PhoneKeysView(Versions.Next(_desk.Version, _time.GetUtcNow()), keys));
    }

    private PhoneKeysView Tell(PhoneKeysView view)
    {
        var userKey = this.GetPrimaryKeyString();
        _watchers.Tell(watcher => watcher.KeysChanged(userKey, view));
        return view;
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
