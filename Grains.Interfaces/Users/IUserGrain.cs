using System.Collections.Immutable;
using Orleans.Concurrency;
using Webphone.Grains.Calls;
using Webphone.Grains.History;

namespace Webphone.Grains.Users;

/// <summary>One person with an extension: devices, availability, calls. The key is <c>tenant/extension</c>.</summary>
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>Adds, refreshes, removes or lists bindings. Only a change is written; a refresh is not.</summary>
    Task<RegisterResult> Register(RegisterBindings request);

    /// <summary>A flow broke (its connection closed): its bindings cannot be reached until they register again.</summary>
    Task FlowLost(string node, string flow);

    /// <summary>The user starts a call: may they, and who are they to the other side?</summary>
    /// <param name="callerId">One of the user's numbers; null is the extension. Any other number is refused.</param>
    Task<CallerDecision> PlaceCall(string callKey, string dialled, string? callerId = null);

    /// <summary>A call comes in: refuse it, or ring which devices for how long?</summary>
    Task<RingPlan> ReceiveCall(IncomingCall call);

    /// <summary>
    /// The user's device of that id as it can be rung now, the best of its flows first, for a call that they have; or, without one, all of their devices, but
    /// none while they talk in another call.
    /// </summary>
    Task<FoundDevices> FindDevices(string? device, string callKey);

    Task<CallSettings> GetCallSettings();

    /// <summary>Keeps the settings; false when they are out of bounds.</summary>
    Task<bool> SetCallSettings(CallSettings settings);

    /// <summary>Whether the user has browsers that can be woken by push: a call then rings although no device is here.</summary>
    Task SetWakeable(bool wakeable);

    /// <summary>A call of this user changed. Stale versions are ignored. The user tells watchers and presence.</summary>
    Task CallChanged(CallView call);

    /// <summary>The same for one that is not over, which nobody waits for: the next change or a sweep makes up for one that got lost.</summary>
    [OneWay]
    Task CallGoesOn(CallView call);

    /// <summary>Sets do-not-disturb for every device and queue; returns what it is now.</summary>
    Task<bool> SetDoNotDisturb(bool on);

    /// <summary>Turns do-not-disturb the other way round; returns what it is now.</summary>
    Task<bool> ToggleDoNotDisturb();

    Task<UserView> GetView();

    /// <summary>The user's history, newest first. <paramref name="before"/> pages back.</summary>
    // Interleaves because it reads the store and nothing of the user, and a slow store must not keep calls waiting.
    [AlwaysInterleave]
    Task<ImmutableArray<HistoryEntry>> GetHistory(DateTimeOffset? before, int count);

    /// <summary>Subscribes, or renews for <see cref="WatchLease.Duration"/>; the answer is the snapshot to start from.</summary>
    Task<UserView> Watch(IUserWatcher watcher);

    Task Unwatch(IUserWatcher watcher);
}

/// <summary>Someone who shows a user's calls, such as the hub of a frontend. Called once for each change, in version order.</summary>
public interface IUserWatcher : IGrainObserver
{
    Task CallChanged(string userKey, CallView call);

    Task UserChanged(string userKey, UserView user);
}

/// <summary>How long a watcher stays without renewal.</summary>
public static class WatchLease
{
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(40);
}
