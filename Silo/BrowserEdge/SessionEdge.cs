using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Silo.Edges;

namespace Webphone.Silo.BrowserEdge;

/// <summary>
/// The edge that holds the legs of browsers: what sessions ask on one side, calls on the other. A session reaches only its own legs, whatever id it names.
/// </summary>
internal sealed partial class SessionEdge : IDeviceEdge, IBrowserEdge, IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopLookEvery = TimeSpan.FromMilliseconds(20);

    private readonly BrowserEdgeContext _edge;
    private readonly IDirectory _directory;
    private readonly MediaProbes _probes;
    private readonly CancellationTokenSource _stopped = new();
    private volatile bool _stopping;

    public SessionEdge(
        SessionEdgeOptions options, IDirectory directory, IGrainFactory grains, EdgePost post, ILegEndpoints endpoints, IMediaNode media, TimeProvider time, ILogger<SessionEdge> logger)
    {
        _directory = directory;
        _edge = new BrowserEdgeContext(options, grains, post, endpoints, media, new BrowserLegs(), time, logger);
        _probes = new MediaProbes(_edge);
    }

    /// <summary>Legs that it holds now.</summary>
    public int Legs => _edge.Legs.Count;

    public void Start() => _ = ReportSilentLegs();

    public bool Holds(LegId leg) => _edge.Legs.Contains(leg);

    public Task<bool> Ring(RingLeg command)
    {
        if (_edge.Legs.Contains(command.Leg))
            return Task.FromResult(true);
        if (_stopping || SessionKey.OfFlow(command.Binding.Flow) is not { } session || _edge.Legs.Count >= _edge.Options.MaxLegs)
            return Task.FromResult(false);
        var leg = new BrowserLeg(_edge, SessionKey.Of(UserKey.Of(command.Tenant, command.Extension), session), command.Leg, command.CallKey, command);
        if (!_edge.Legs.TryAdd(leg, _edge.Options.LegsPerSession))
            return Task.FromResult(false);
        leg.Ring();
        return Task.FromResult(true);
    }

    public Task ShowRinging(LegId leg)
    {
        _edge.Legs.Find(leg)?.ShowRinging();
        return Task.CompletedTask;
    }

    public Task Answer(LegId leg, MediaCodec? codec, Party connected)
    {
        _edge.Legs.Find(leg)?.FarSideAnswered();
        return Task.CompletedTask;
    }

    public Task End(LegId leg, CallEnd reason)
    {
        _edge.Legs.Find(leg)?.End(reason);
        return Task.CompletedTask;
    }

    public Task Move(LegId leg, string callKey, Party other)
    {
        _edge.Legs.Find(leg)?.MoveTo(callKey);
        return Task.CompletedTask;
    }

    public Task TransferChanged(LegId leg, TransferNews news)
    {
        // How a merge ended, the call of the leg that is out may be the one to say.
        if (_edge.Legs.Find(leg) is { } told && !told.TransferChanged(news))
            _ = _edge.Legs.Of(told.Session).Any(other => other.TransferChanged(news));
        return Task.CompletedTask;
    }

    public Task<LegId[]> StillHeld(string callKey, LegId[] legs) =>
        Task.FromResult(Array.FindAll(legs, leg => _edge.Legs.Find(leg) is { } held && held.CallKey == callKey));

    public Task<ImmutableArray<SessionLeg>> Attached(string session) => Task.FromResult(Connected(session, true));

    public Task<bool> Detached(string session) => Task.FromResult(!Connected(session, false).IsEmpty);

    public Task<OfferOutcome> Offer(string session, BrowserOffer offer) => Task.FromResult(offer switch
    {
        DialOffer dial => Dial(session, dial),
        AnswerOffer answer => _edge.Legs.Find(session, answer.Leg)?.Answer(answer.Sdp) ?? OfferOutcome.Refused(OfferRefusal.Gone),
        ReconnectOffer reconnect => _edge.Legs.Find(session, reconnect.Leg)?.Reconnect(reconnect.Sdp) ?? OfferOutcome.Refused(OfferRefusal.Gone),
        ProbeOffer probe => _stopping ? OfferOutcome.Refused(OfferRefusal.Overloaded) : _probes.Begin(session, probe),
        _ => throw new InvalidOperationException($"Nobody takes {offer.GetType().Name}."),
    });

    public Task Do(string session, BrowserCommand command)
    {
        var leg = _edge.Legs.Find(session, command.Leg);
        switch (command)
        {
            case AcknowledgeRing:
                leg?.Acknowledge();
                break;
            case DeclineCall:
                leg?.Decline();
                break;
            case HangUpCall when leg is null:
                // It may have overtaken the dialling.
                if (!_probes.End(session, command.Leg) && SessionKey.IsId(command.Leg.Value))
                    _edge.Legs.Forbid(command.Leg);
                break;
            case HangUpCall:
                leg.HangUp();
                break;
            case TransferCall transfer:
                Transfer(session, leg, transfer);
                break;
            case HoldCall:
                leg?.Hold(true);
                break;
            case ResumeCall:
                leg?.Hold(false);
                break;
            case PressKeys keys:
                leg?.Press(keys.Digits);
                break;
            default:
                throw new InvalidOperationException($"Nobody does {command.GetType().Name}.");
        }
        return Task.CompletedTask;
    }

    /// <summary>Both legs are the session's, or nothing happens: nobody transfers what is not theirs.</summary>
    private void Transfer(string session, BrowserLeg? leg, TransferCall command)
    {
        var consulted = command.Consulted is { } other ? _edge.Legs.Find(session, other) : null;
        if (command.Consulted is not null && consulted is null)
            leg?.Refuse(command, CallEnd.NotFound);
        else
            leg?.Transfer(command, consulted is null ? null : new Consultation(consulted.CallKey, consulted.Id));
    }

    /// <summary>Takes no more calls, ends those that are on, and waits for a while until their owners know.</summary>
    public async Task Stop()
    {
        if (_stopping)
            return;
        _stopping = true;
        LogStopping(_edge.Logger, Legs);
        foreach (var leg in _edge.Legs.All())
            leg.Fail(CallEnd.ServerStopped);
        var since = _edge.Time.GetTimestamp();
        while (Legs > 0 && _edge.Time.GetElapsedTime(since) < StopTime)
            await Task.Delay(StopLookEvery, _edge.Time);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        await _stopped.CancelAsync();
        _probes.Dispose();
        _edge.Legs.Dispose();
        _stopped.Dispose();
    }

    private OfferOutcome Dial(string session, DialOffer offer)
    {
        if (_edge.Legs.Find(session, offer.Leg) is { } known)
            return known.Reconnect(offer.Sdp);
        if (!SessionKey.IsId(offer.Leg.Value) || _edge.Legs.IsOver(offer.Leg))
            return OfferOutcome.Refused(OfferRefusal.Gone);
        var (userKey, sessionId) = SessionKey.Split(session);
        var (tenant, extension) = UserKey.Split(userKey);
        if (_stopping || _directory.FindUser(tenant, extension) is null || _edge.Legs.Count >= _edge.Options.MaxLegs)
            return OfferOutcome.Refused(OfferRefusal.Overloaded);
        // What is not the session's is not consulted about: it is a call like any other.
        var consults = offer.Consults is { } first ? _edge.Legs.Find(session, first) : null;
        var leg = new BrowserLeg(_edge, session, offer.Leg, _edge.Options.CallKeys.New(tenant), ring: null, consults);
        if (!_edge.Legs.TryAdd(leg, _edge.Options.LegsPerSession))
            return _edge.Legs.Find(session, offer.Leg)?.Reconnect(offer.Sdp) ?? OfferOutcome.Refused(OfferRefusal.Overloaded);
        var outcome = leg.Dial(offer, extension, SessionKey.DeviceOf(sessionId));
        if (outcome.Refusal is not null)
            leg.End(CallEnd.NoCommonMedia);
        return outcome;
    }

    private ImmutableArray<SessionLeg> Connected(string session, bool isConnected)
    {
        var legs = _edge.Legs.Of(session);
        foreach (var leg in legs)
            leg.Connected(isConnected);
        return [.. legs.Select(leg => leg.View).OfType<SessionLeg>()];
    }

    /// <summary>Lets each call know that a leg of which there is nothing to tell is still here.</summary>
    private async Task ReportSilentLegs()
    {
        using var timer = new PeriodicTimer(LookEvery, _edge.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token))
            {
                foreach (var leg in _edge.Legs.All())
                {
                    if (leg.Silence >= EdgeLimits.AliveEvery)
                        leg.ReportAlive();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The edge stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The browser edge stops and ends {Legs} legs")]
    private static partial void LogStopping(ILogger logger, int legs);
}
