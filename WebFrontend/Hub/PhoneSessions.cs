using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Accounts;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Recordings;
using Webphone.Grains.Rooms;
using Webphone.Grains.Users;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Api;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Hub;

/// <summary>
/// Joins connections to their sessions, and keeps alive what the grains lend this frontend: tabs, watched users, watched presence. What a grain has forgotten
/// (its silo died) is attached again without the browser noticing.
/// </summary>
internal sealed partial class PhoneSessions : BackgroundService
{
    private const int AtOnce = 32;

    private readonly HubDirectory _directory;
    private readonly CallFan _fan;
    private readonly PresenceFan _presence;
    private readonly RoomFan _rooms;
    private readonly RoomLampFan _roomLamps;
    private readonly SlotFan _slots;
    private readonly KeyFan _keys;
    private readonly TurnCredentials _turn;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger<PhoneSessions> _logger;
    private readonly Lazy<IFrontend> _frontend;
    private readonly Lazy<IUserWatcher> _watcher;

    public PhoneSessions(
        HubDirectory directory, CallFan fan, PresenceFan presence, RoomFan rooms, RoomLampFan roomLamps, SlotFan slots, KeyFan keys, TurnCredentials turn, IGrainFactory grains, TimeProvider time, ILogger<PhoneSessions> logger)
    {
        _directory = directory;
        _fan = fan;
        _presence = presence;
        _rooms = rooms;
        _roomLamps = roomLamps;
        _slots = slots;
        _keys = keys;
        _turn = turn;
        _grains = grains;
        _time = time;
        _logger = logger;
        // Made when they are wanted first: the engine may not run yet.
        _frontend = new Lazy<IFrontend>(() => grains.CreateObjectReference<IFrontend>(fan));
        _watcher = new Lazy<IUserWatcher>(() => grains.CreateObjectReference<IUserWatcher>(fan));
    }

    /// <summary>The session that the connection attached to.</summary>
    public IBrowserSessionGrain Of(HubConnection connection) =>
        _grains.GetGrain<IBrowserSessionGrain>(connection.Session?.Key ?? throw new RefusedException("not-attached"));

    public IUserGrain UserOf(HubConnection connection) => _grains.GetGrain<IUserGrain>(connection.UserKey);

    public async Task<Snapshot> Attach(HubConnection connection, AttachRequest request)
    {
        var key = SessionKey.Of(connection.UserKey, request.SessionId);
        if (connection.Session is { } attached && (attached.Key != key || connection.TabId != request.TabId))
            throw new RefusedException("attached-elsewhere");
        var user = _directory.FindUser(connection.UserKey) ?? throw new RefusedException("not-connected");
        connection.TabId = request.TabId;
        // News is passed on from here, before the snapshot is taken, so that none falls between the two.
        var session = user.Join(key, connection);
        connection.Session = session;

        var account = _grains.GetGrain<IAccountGrain>(connection.UserKey);
        var watching = Watch(user);
        var settings = account.GetSettings();
        var signedOut = account.Watch(_frontend.Value);
        var (board, keys, myConference) = (_slots.Of(user), _keys.Of(user), _roomLamps.Of(user));
        var view = await AttachTab(connection, request.TakePhone && connection.Who.Account.HasWebphone);
        foreach (var leg in view.Legs)
            session.Know(leg);
        await signedOut;
        var me = await watching;
        var who = connection.Who.Account;
        return new Snapshot(
            view.Version,
            _time.GetUtcNow(),
            BrowserCalls.MeOf(me, _time.GetUtcNow()),
            new TenantInfo(who.TenantName, who.Domain),
            SessionEndpoints.SettingsOf(await settings),
            [.. me.Calls.Select(call => BrowserCalls.Of(call, user.Extension, session))],
            [.. view.Legs.Select(leg => leg.Transfer).OfType<TransferTold>().Select(BrowserCalls.StatusOf)],
            await _rooms.Of(user),
            await myConference,
            await board,
            await keys,
            connection.Watched is { } watched ? await _presence.Watch(connection, watched.UserKeys) : [],
            view.Phone.TabId == request.TabId,
            BrowserCalls.HolderOf(view.Phone),
            _turn.For(connection.UserKey));
    }

    public Task<ImmutableArray<PresenceEntry>> Watch(HubConnection connection, ImmutableArray<string> extensions)
    {
        var tenant = UserTenant(connection.UserKey);
        return _presence.Watch(connection, [.. extensions.Select(extension => $"{tenant}/{extension}")]);
    }

    public Task<KeyBoard> SetKeys(HubConnection connection, ImmutableArray<KeySetting> keys) =>
        _keys.Set(_directory.FindUser(connection.UserKey) ?? throw new RefusedException("not-connected"), keys);

    /// <summary>Whether the user may is for the room to say.</summary>
    public async Task<ConferenceResult> Moderate(HubConnection connection, ConferenceOrder order)
    {
        var user = _directory.FindUser(connection.UserKey) ?? throw new RefusedException("not-connected");
        var room = _grains.GetGrain<IRoomGrain>($"{user.Tenant}/{order.Room}");
        return new ConferenceResult(order.Act switch
        {
            ConferenceAct.Mute => await room.Mute(user.Extension, new LegId(order.Leg!), order.On),
            ConferenceAct.Remove => await room.Kick(user.Extension, new LegId(order.Leg!)),
            ConferenceAct.Lock => await room.Lock(user.Extension, order.On),
            _ => throw new RefusedException("bad-act"),
        });
    }

    /// <summary>Only of a call that the user has been told of as theirs.</summary>
    public async Task<RecordingResult> Record(HubConnection connection, string callKey, RecordingAct act)
    {
        var user = _directory.FindUser(connection.UserKey) ?? throw new RefusedException("not-connected");
        return user.FindCall(callKey) is null
            ? new RecordingResult(RecordingRefusal.NotFound)
            : new RecordingResult(await _grains.GetGrain<ICallGrain>(callKey).Record(user.Extension, act));
    }

    public async Task Disconnected(HubConnection connection)
    {
        var last = _directory.Remove(connection);
        _presence.Forget(connection);
        try
        {
            if (connection.Session is { } session)
                await _grains.GetGrain<IBrowserSessionGrain>(session.Key).Detach(connection.Id);
            if (last is not null && _directory.FindUser(last.Key) is null)
                await Unwatch(last.Key);
        }
        // The edge of one connection's end: both leases end by themselves.
        catch (Exception failure)
        {
            LogNotDetached(failure, connection.UserKey);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TabLease.RenewEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var some in _directory.Connections.Where(connection => connection.Session is not null).ToList().Chunk(AtOnce))
                    await Task.WhenAll(some.Select(Renew));
                foreach (var some in _directory.Users().Chunk(AtOnce))
                    await Task.WhenAll(some.Select(Renew));
                await Task.WhenAll(_presence.Renew(), _rooms.Renew(), _roomLamps.Renew(), _slots.Renew(), _keys.Renew());
            }
        }
        catch (OperationCanceledException)
        {
            // The frontend stops.
        }
    }

    private static string UserTenant(string userKey) => userKey[..userKey.IndexOf('/', StringComparison.Ordinal)];

    private Task<SessionView> AttachTab(HubConnection connection, bool takePhone) => Of(connection).Attach(
        new AttachTab(connection.Id, connection.TabId, takePhone, connection.UserAgent, _frontend.Value));

    private async Task<UserView> Watch(HubUser user)
    {
        var view = await _grains.GetGrain<IUserGrain>(user.Key).Watch(_watcher.Value);
        _fan.Take(user, view);
        return view;
    }

    /// <summary>A page that is loaded anew may be back already, and its watch undone by the end of the one before.</summary>
    private async Task Unwatch(string userKey)
    {
        await _grains.GetGrain<IUserGrain>(userKey).Unwatch(_watcher.Value);
        if (_directory.FindUser(userKey) is { } back)
            await Watch(back);
    }

    private async Task Renew(HubConnection connection)
    {
        try
        {
            if (connection.Session is not { } session || await _grains.GetGrain<IBrowserSessionGrain>(session.Key).Renew(connection.Id))
                return;
            var view = await AttachTab(connection, takePhone: connection.Who.Account.HasWebphone);
            foreach (var leg in view.Legs)
                session.Know(leg);
            await _fan.Hear(session.Key, new PhoneChanged(view.Phone));
        }
        // The edge of one renewal: the next one tries again.
        catch (Exception failure)
        {
            LogNotRenewed(failure, connection.UserKey);
        }
    }

    private async Task Renew(HubUser user)
    {
        try
        {
            await Watch(user);
            await _grains.GetGrain<IAccountGrain>(user.Key).Watch(_frontend.Value);
            await EndStaleSignIns(user);
        }
        catch (Exception failure)
        {
            LogNotRenewed(failure, user.Key);
        }
    }

    /// <summary>A sign-out that was not heard of ends its connections here all the same.</summary>
    private async Task EndStaleSignIns(HubUser user)
    {
        foreach (var signIn in user.Sessions.SelectMany(session => session.Connections).GroupBy(connection => connection.Who.Token))
        {
            if (await _grains.GetGrain<IAccountGrain>(user.Key).Check(signIn.Key) is not null)
                continue;
            foreach (var connection in signIn)
                _fan.End(connection, SignOutReason.SignedOut);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A browser of {UserKey} could not be detached")]
    private partial void LogNotDetached(Exception failure, string userKey);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is lent for {UserKey} could not be renewed")]
    private partial void LogNotRenewed(Exception failure, string userKey);
}
