using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Nodes;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Browsers;

/// <summary>
/// The shell of one browser session. It keeps nothing: after its silo died the frontends attach their tabs again, and the legs are the edge's.
/// </summary>
// Reentrant, because a command to an edge that does not answer must not keep tabs from attaching or rings from being told. Every method changes the
// tabs in one go and looks at them anew after each await; what is wanted of the registration is settled by one loop.
[Reentrant]
public sealed partial class BrowserSessionGrain : Grain, IBrowserSessionGrain
{
    /// <summary>How long a device stays registered after its tab went: a reload comes back within it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>What the device's registration is granted, and how often it is renewed.</summary>
    public static readonly TimeSpan Granted = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    /// <summary>How often it is looked whether the node of the legs is there, where that is not this one, which dies together with the session.</summary>
    private static readonly TimeSpan LookElsewhereEvery = TimeSpan.FromSeconds(5);

    private readonly LocalNode _node;
    private readonly TimeProvider _time;
    private readonly ILogger<BrowserSessionGrain> _log;
    private readonly SessionTabs _tabs = new();
    private readonly string _userKey;
    private readonly string _session;
    private string? _home;
    private NodeLinks? _links;
    private IGrainTimer? _look;
    private IGrainTimer? _grace;
    private bool _inGrace;
    private bool _wasHere;
    private bool _legsWait;
    private DateTimeOffset? _missedRingAt;
    private string _userAgent = "";
    private bool _registered;
    private DateTimeOffset _renewAt;
    private Task _registering = Task.CompletedTask;
    private long _sequence;
    private long _version;
    private PhoneView _told = new(null, false, null);

    public BrowserSessionGrain(LocalNode node, TimeProvider time, ILogger<BrowserSessionGrain> log)
    {
        _node = node;
        _time = time;
        _log = log;
        (_userKey, _session) = SessionKey.Split(this.GetPrimaryKeyString());
    }

    private string Key => this.GetPrimaryKeyString();

    private PhoneView Phone => new(_tabs.Holder, _registered, _missedRingAt);

    /// <summary>The device should be registered: its tab is here, or was a moment ago, and it answers.</summary>
    private bool CanBeRung => (_tabs.HolderIsHere || _inGrace) && _missedRingAt is null;

    public async Task<SessionView> Attach(AttachTab tab)
    {
        _userAgent = tab.UserAgent;
        _tabs.Add(tab, _time.GetUtcNow() + TabLease.Duration);
        var lookEvery = _node.HasMedia ? LookEvery : LookElsewhereEvery;
        _look ??= this.RegisterGrainTimer(static (session, _) => session.Look(), this, new GrainTimerCreationOptions(lookEvery, lookEvery) { KeepAlive = true });
        if (_tabs.Holds(tab.Connection)) _missedRingAt = null;
        TabsMoved();
        await _registering;
        var legs = await Legs();
        _version = Versions.Next(_version, _time.GetUtcNow());
        return new SessionView(_version, Phone, legs);
    }

    public Task<bool> Renew(string connection) => Task.FromResult(_tabs.Renew(connection, _time.GetUtcNow() + TabLease.Duration));

    public Task Detach(string connection)
    {
        _tabs.Remove(connection);
        TabsMoved();
        return Task.CompletedTask;
    }

    public async Task<bool> TakePhone(string connection)
    {
        if (!_tabs.Has(connection)) return false;
        _tabs.Take(connection);
        _missedRingAt = null;
        TabsMoved();
        await _registering;
        return _registered;
    }

    public Task ReleasePhone(string connection)
    {
        _tabs.Release(connection);
        _inGrace = false;
        TabsMoved();
        return Task.CompletedTask;
    }

    public async Task<OfferOutcome> Offer(string connection, BrowserOffer offer)
    {
        if (!(offer is ProbeOffer ? _tabs.Has(connection) : _tabs.Holds(connection))) return OfferOutcome.Refused(OfferRefusal.NotHolder);
        HeardOf(connection);
        return await AtEdge(edge => edge.Offer(Key, offer), OfferOutcome.Refused(OfferRefusal.Unavailable));
    }

    public async Task Do(string connection, BrowserCommand command)
    {
        if (!_tabs.Has(connection)) return;
        HeardOf(connection);
        // That a ring is heard is for the tab to say that would answer it.
        if (command is AcknowledgeRing && !_tabs.Holds(connection)) return;
        // Who asks for a transfer waits for a word on it.
        if (!await AtEdge(edge => Done(edge.Do(Key, command)), false) && command is TransferCall transfer)
            Tell(new TransferTold(transfer, new TransferNews(transfer.RequestId, TransferPhase.Failed, CallEnd.EdgeLost)));
    }

    public Task<bool> IsReachable()
    {
        // Asked of a browser that is closed, it has nothing to stay for.
        LeaveIfDone();
        return Task.FromResult(CanBeRung);
    }

    public Task Hear(SessionNews news)
    {
        if (news is RingMissed missed)
        {
            LogMissed(_log, Key, missed.Leg);
            GrainMeter.RingMissed();
            _missedRingAt = _time.GetUtcNow();
            TabsMoved();
        }
        else
        {
            Tell(news);
        }

        return Task.CompletedTask;
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    /// <summary>A tab that could not be rung and now asks for something can be rung again.</summary>
    private void HeardOf(string connection)
    {
        if (_missedRingAt is null || !_tabs.Holds(connection)) return;
        _missedRingAt = null;
        TabsMoved();
    }

    /// <summary>Settles what follows from who is here: the edge's legs wait or do not, the device is registered or not, and the tabs are told.</summary>
    private void TabsMoved()
    {
        var isHere = _tabs.HolderIsHere;
        if (isHere) _inGrace = _legsWait = false;
        if (_wasHere != isHere)
        {
            _wasHere = isHere;
            if (!isHere)
            {
                _inGrace = _tabs.Holder is not null;
                if (_inGrace) StartGrace();
                _ = StayForLegs();
            }
            else
            {
                _ = Legs();
            }
        }

        if (_registering.IsCompleted && CanBeRung != _registered) _registering = Settle();
        TellPhone();
        LeaveIfDone();
    }

    private void StartGrace()
    {
        if (_grace is null)
            _grace = this.RegisterGrainTimer(static (session, _) => session.GraceOver(), this, new GrainTimerCreationOptions(Grace, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        else
            _grace.Change(Grace, Timeout.InfiniteTimeSpan);
    }

    private Task GraceOver()
    {
        _inGrace = false;
        TabsMoved();
        return Task.CompletedTask;
    }

    private async Task Look()
    {
        _tabs.RemoveExpired(_time.GetUtcNow());
        TabsMoved();
        if (!_node.HasMedia) await LookForHome();
        if (_legsWait && !_tabs.HolderIsHere) await StayForLegs();
        if (_registered && _registering.IsCompleted && _time.GetUtcNow() >= _renewAt) _registering = Settle();
    }

    /// <summary>Goes to another node when the one of the legs is gone, and registers the device there.</summary>
    private async Task LookForHome()
    {
        _links = null;
        var before = _home;
        await AtEdge(static _ => Task.FromResult(true), false);
        if (_home == before && before is not null) return;
        _renewAt = _time.GetUtcNow();
    }

    /// <summary>Legs wait at the edge for a browser that is out of reach. Another activation, elsewhere, would not find them.</summary>
    private async Task StayForLegs()
    {
        _legsWait = await AtEdge(edge => edge.Detached(Key), false);
        LeaveIfDone();
    }

    private void LeaveIfDone()
    {
        if (_tabs.Count > 0 || _inGrace || _registered || _legsWait) return;
        _look?.Dispose();
        _look = null;
        _grace?.Dispose();
        _grace = null;
        DeactivateOnIdle();
    }

    /// <summary>Registers or unregisters until it is as it should be. One such loop runs at a time.</summary>
    private async Task Settle()
    {
        do
        {
            var wanted = CanBeRung;
            var result = await Register(wanted);
            if (result is null) break;
            _registered = wanted && result == RegisterRefusal.None;
            if (wanted && result != RegisterRefusal.None) break;
        }
        while (CanBeRung != _registered);

        TellPhone();
        LeaveIfDone();
    }

    private async Task<RegisterRefusal?> Register(bool wanted)
    {
        var now = _time.GetUtcNow();
        _sequence = Versions.Next(_sequence, now);
        var device = SessionKey.DeviceOf(_session);
        try
        {
            if (await Home() is not { } home) return null;
            var binding = new Binding(device, SessionKey.FlowOf(_session), home, SessionKey.FlowOf(_session), [], device, _sequence, Granted, now + Granted, _userAgent);
            var result = await GrainFactory.GetGrain<IUserGrain>(_userKey)
                .Register(new RegisterBindings(wanted ? [binding] : [], wanted ? [] : [device], RemoveAll: false, device, _sequence))
                .WaitAsync(EdgeLimits.CommandTimeout, _time);
            _renewAt = now + Granted / 3;
            return result.Refusal;
        }
        catch (Exception error)
        {
            // The next look tries again; a registration that is not renewed ends by itself.
            LogNotRegistered(_log, Key, error);
            return null;
        }
    }

    private void TellPhone()
    {
        if (Phone == _told) return;
        _told = Phone;
        Tell(new PhoneChanged(_told));
    }

    private void Tell(SessionNews news)
    {
        foreach (var frontend in _tabs.Frontends.ToList()) _ = Tell(frontend, news);
    }

    private async Task Tell(IFrontend frontend, SessionNews news)
    {
        try
        {
            var telling = frontend.Hear(Key, news);
            await (telling.IsCompleted ? telling : telling.WaitAsync(EdgeLimits.CommandTimeout, _time));
        }
        catch (Exception error)
        {
            // A frontend that is alive finds out at its next renewal and attaches its tabs again.
            LogFrontendLost(_log, Key, error);
            _tabs.RemoveAll(frontend);
            TabsMoved();
        }
    }

    private async Task<ImmutableArray<SessionLeg>> Legs() => await AtEdge(edge => edge.Attached(Key), []);

    private async Task<T> AtEdge<T>(Func<IBrowserEdge, Task<T>> command, T otherwise)
    {
        try
        {
            if (await Home() is not { } home) return otherwise;
            _links ??= await GrainFactory.GetGrain<INodeGrain>(home).Resolve().WaitAsync(EdgeLimits.CommandTimeout, _time);
            if (_links?.Browsers is { } edge) return await command(edge).WaitAsync(EdgeLimits.CommandTimeout, _time);
            await MoveOn(home);
            return otherwise;
        }
        catch (Exception error)
        {
            LogEdgeLost(_log, Key, _home ?? _node.Name, error);
            _links = null;
            return otherwise;
        }
    }

    /// <summary>The node that holds the legs: this one, or one that has media. Null while none is known.</summary>
    private async ValueTask<string?> Home() =>
        _home ??= _node.HasMedia ? _node.Name : await GrainFactory.GetGrain<IMediaNodesGrain>(IMediaNodesGrain.Key).NodeFor(Key).WaitAsync(EdgeLimits.CommandTimeout, _time);

    /// <summary>The node is not there: the next one that has media takes its place.</summary>
    private async Task MoveOn(string home)
    {
        if (_node.HasMedia || _home != home) return;
        _home = await GrainFactory.GetGrain<IMediaNodesGrain>(IMediaNodesGrain.Key).NodeFor(Key, home).WaitAsync(EdgeLimits.CommandTimeout, _time);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Session}: {Leg} was not acknowledged in time, the browser is not reachable")]
    private static partial void LogMissed(ILogger log, string session, LegId leg);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Session}: the device could not be registered or unregistered")]
    private static partial void LogNotRegistered(ILogger log, string session, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Session}: a frontend does not answer")]
    private static partial void LogFrontendLost(ILogger log, string session, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Session}: node {Node} does not do its part")]
    private static partial void LogEdgeLost(ILogger log, string session, string node, Exception error);
}
