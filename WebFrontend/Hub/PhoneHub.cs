using System.Buffers;
using System.Collections.Immutable;
using Microsoft.AspNetCore.SignalR;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Recordings;
using Webphone.Grains.Rooms;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Hub;

/// <summary>The hub: checks what a browser says, and passes it on to its session. A connection only ever reaches the session that it attached to, of the user who is signed in.</summary>
internal sealed class PhoneHub(HubDirectory directory, PhoneSessions sessions, TimeProvider time) : Hub<IPhoneClient>, IPhoneHub
{
    private const int LongestVersion = 100;
    private const int LongestCallKey = 200;
    private static readonly SearchValues<char> Keys = SearchValues.Create("0123456789*#ABCD");

    private HubConnection Connection => directory.Find(Context.ConnectionId) ?? throw new RefusedException("not-connected");

    public override async Task OnConnectedAsync()
    {
        var http = Context.GetHttpContext() ?? throw new RefusedException("not-connected");
        var connection = new HubConnection(Context, SignedIn.Of(http), http.Request.Headers.UserAgent.ToString(), time);
        if (!directory.TryAdd(connection, HubLimits.ConnectionsPerUser))
        {
            WebMeter.Refused("too-many-connections");
            Context.Abort();
            return;
        }
        WebMeter.Connected();
        await base.OnConnectedAsync();
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (exception is InvalidDataException)
            WebMeter.Refused("bad-hub-message");
        if (directory.Find(Context.ConnectionId) is { } connection)
        {
            WebMeter.Disconnected();
            await sessions.Disconnected(connection);
        }
        await base.OnDisconnectedAsync(exception);
    }

    public Task<Snapshot> Attach(AttachRequest request)
    {
        Demand(request is { ClientVersion.Length: <= LongestVersion } && SessionKey.IsId(request.SessionId) && SessionKey.IsId(request.TabId), "bad-attach");
        return sessions.Attach(Connection, request);
    }

    public Task<bool> TakePhone() =>
        Connection.Who.Account.HasWebphone ? sessions.Of(Connection).TakePhone(Context.ConnectionId) : Task.FromResult(false);

    public Task ReleasePhone() => sessions.Of(Connection).ReleasePhone(Context.ConnectionId);

    public Task<OfferResult> Dial(DialRequest request)
    {
        Demand(request is not null && IsNumber(request.Number), "bad-number");
        Demand(request!.Consults is null || IsLeg(request.Consults), "bad-leg");
        Demand(request.CallerId is null or { Length: > 0 and <= HubLimits.NumberLength }, "bad-caller-id");
        return Offer(request.Leg, request.Offer, leg => new DialOffer(leg, request.Offer, request.Number, LegOf(request.Consults), request.CallerId));
    }

    public Task RingReceived(string leg) => Do(leg, id => new AcknowledgeRing(id));

    public Task<OfferResult> Answer(string leg, string offer) => Offer(leg, offer, id => new AnswerOffer(id, offer));

    public Task Decline(string leg) => Do(leg, id => new DeclineCall(id));

    public Task HangUp(string leg) => Do(leg, id => new HangUpCall(id));

    public Task Hold(string leg) => Do(leg, id => new HoldCall(id));

    public Task Resume(string leg) => Do(leg, id => new ResumeCall(id));

    public Task SendDigits(string leg, string digits)
    {
        Demand(digits is { Length: > 0 and <= HubLimits.Digits } && !digits.AsSpan().ContainsAnyExcept(Keys), "bad-digits");
        return Do(leg, id => new PressKeys(id, digits));
    }

    public Task Transfer(TransferOrder order)
    {
        Demand(order is not null && SessionKey.IsId(order.RequestId), "bad-transfer");
        Demand(IsWhole(order!), "bad-target");
        return Do(order!.Leg, leg => new TransferCall(leg, order.RequestId, order.Target ?? "", LegOf(order.Consultation), order.Kind));
    }

    public Task<ConferenceResult> Conference(ConferenceOrder order)
    {
        Demand(order is { Room: not null } && RoomLimits.IsRoom(order.Room), "bad-room");
        Demand(order!.Act == ConferenceAct.Lock ? order.Leg is null : IsLeg(order.Leg), "bad-leg");
        return sessions.Moderate(Connection, order);
    }

    public Task<RecordingResult> Record(string callKey, RecordingAct act)
    {
        Demand(callKey is { Length: > 0 and <= LongestCallKey } && Enum.IsDefined(act), "bad-recording");
        return sessions.Record(Connection, callKey, act);
    }

    public Task<OfferResult> Reconnect(string leg, string offer) => Offer(leg, offer, id => new ReconnectOffer(id, offer));

    public async Task<OfferResult> Probe(string probe, string offer)
    {
        Demand(SessionKey.IsId(probe) && offer is { Length: > 0 and <= HubLimits.OfferLength }, "bad-offer");
        var outcome = await sessions.Of(Connection).Offer(Context.ConnectionId, new ProbeOffer(new LegId(probe), offer));
        return new OfferResult(outcome.Refusal is null, outcome.Answer, outcome.Refusal);
    }

    public Task SetDoNotDisturb(bool on) => sessions.UserOf(Connection).SetDoNotDisturb(on);

    public Task<KeyBoard> SetKeys(ImmutableArray<KeySetting> keys)
    {
        Demand(!keys.IsDefault && keys.Length <= HubLimits.Keys && keys.All(KeyFan.Fits), "bad-keys");
        return sessions.SetKeys(Connection, keys);
    }

    public Task<ImmutableArray<PresenceEntry>> WatchPresence(ImmutableArray<string> extensions)
    {
        Demand(!extensions.IsDefault && extensions.Length <= HubLimits.Watched && extensions.All(IsExtension), "bad-watch-list");
        return sessions.Watch(Connection, extensions);
    }

    private async Task<OfferResult> Offer(string leg, string offer, Func<LegId, BrowserOffer> make)
    {
        Demand(IsLeg(leg) && offer is { Length: > 0 and <= HubLimits.OfferLength }, "bad-offer");
        var connection = Connection;
        var request = make(new LegId(leg));
        // Before the call can tell of itself, so that it is here from its first word.
        if (request is DialOffer dial)
            connection.Session!.Expect(dial.Leg, dial.Consults);
        var outcome = await sessions.Of(connection).Offer(Context.ConnectionId, request);
        connection.Session!.Settle(request.Leg, outcome.CallKey);
        return new OfferResult(outcome.Refusal is null, outcome.Answer, outcome.Refusal);
    }

    private Task Do(string leg, Func<LegId, BrowserCommand> make)
    {
        Demand(IsLeg(leg), "bad-leg");
        return sessions.Of(Connection).Do(Context.ConnectionId, make(new LegId(leg)));
    }

    /// <summary>Made by a client or by a call: what calls make is longer by a number.</summary>
    private static bool IsLeg(string? leg) => leg is { Length: > 0 and <= 64 } && leg.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>A move has the target that its kind wants, or the consultation; to begin a conference it may have neither.</summary>
    private static bool IsWhole(TransferOrder order) => order.Kind switch
    {
        _ when order.Consultation is { } other => order.Kind != MoveKind.Switch && order.Target is null && IsLeg(other) && other != order.Leg,
        MoveKind.Send or MoveKind.Switch => IsNumber(order.Target),
        MoveKind.Merge => order.Target is null || IsNumber(order.Target),
        _ => false,
    };

    private static LegId? LegOf(string? leg) => leg is null ? null : new LegId(leg);

    private static bool IsNumber(string? text) => text is { Length: > 0 and <= HubLimits.NumberLength } && !text.Any(char.IsControl);

    private static bool IsExtension(string? text) => text is { Length: >= 2 and <= 10 } && text.All(char.IsAsciiDigit);

    private static void Demand(bool condition, string reason)
    {
        if (!condition)
            throw new RefusedException(reason);
    }
}
