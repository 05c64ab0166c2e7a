using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.Edges;
using Webphone.Silo.SipEdge.Gate;
using Webphone.Silo.SipEdge.Lamps;
using Webphone.Silo.SipEdge.Legs;
using Webphone.Silo.SipEdge.Media;
using Webphone.Silo.SipEdge.Messages;
using Webphone.Silo.SipEdge.Registrar;
using Webphone.Silo.SipEdge.Trunks;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge;

/// <summary>
/// The edge that holds SIP phones: their registrations, calls and messages on one side, the grains on the other. Commands of grains take a turn of their
/// leg's shard and are done when they return.
/// </summary>
internal sealed partial class PhoneEdge : IDeviceEdge, IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopLookEvery = TimeSpan.FromMilliseconds(20);

    private readonly EdgeContext _edge;
    private readonly SipDriver _driver;
    private readonly FlowWatch _flows;
    private readonly NatKeepAlive _keepAlive;
    private readonly LampBoard _board;
    private readonly Watching _watching;
    private readonly WatchingAgain _again;
    private readonly WatchingTakenOver _takenOver;
    private readonly CancellationTokenSource _stopped = new();
    private volatile bool _draining;
    private volatile bool _stopping;

    public PhoneEdge(
        SipEdgeOptions options,
        SipNetworkSettings settings,
        SipNetwork network,
        SipStackOptions stack,
        IDirectory directory,
        IGrainFactory grains,
        EdgePost post,
        ILegEndpoints endpoints,
        ISubscriptionStore subscriptions,
        IMailboxCounts mailboxes,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        if (options.FindMistake() is { } mistake)
            throw new ArgumentException(mistake, nameof(options));
        var logger = loggers.CreateLogger<PhoneEdge>();
        _edge = new EdgeContext(options, network, directory, grains, post, endpoints, new LegTable(), new OtherEdges(options.Node, grains, time, logger), time, logger);
        _flows = new FlowWatch(network, user => grains.GetGrain<IUserGrain>(user), options.Node, time, logger);
        var gate = new DigestGate(directory, settings.Trusted, options, time, logger);
        _keepAlive = new NatKeepAlive(network, time);
        _board = new LampBoard(grains, directory, mailboxes, time, logger);
        _watching = new Watching(_edge, gate, _board, subscriptions);
        var publishing = new Publishing(_edge);
        var registrar = new RegistrarHandler(_edge, gate, _flows, _keepAlive, LampsFollow);
        var trunks = new TrunkOrigins(directory);
        MessageRelay? messages = null;
        _driver = new SipDriver(
            network, stack with { UserMethods = EdgeUser.Methods, UserExtensions = EdgeUser.Extensions }, options.Shards,
            shard => new EdgeUser(shard, _edge, gate, trunks, registrar, _watching, publishing, () => messages!, () => _draining || _stopping), time,
            loggers.CreateLogger<SipDriver>());
        _board.Serve(_driver.Shards);
        _again = new WatchingAgain(_edge, _driver, _watching, subscriptions);
        _takenOver = new WatchingTakenOver(_edge, _again, subscriptions);
        var phones = new PhoneMessages(_edge, _driver);
        ForOthers = new EdgeForOthers(_edge.Legs, phones);
        messages = new MessageRelay(_edge, phones, _edge.Others);
        _driver.FlowClosed += _flows.Closed;
    }

    /// <summary>Legs that it holds now.</summary>
    public int Legs => _edge.Legs.Count;

    /// <summary>Lamps and lists that phones watch now.</summary>
    public int Subscriptions => _watching.Count;

    public SipNetwork Network => _driver.Network;

    /// <summary>What other nodes may ask of it.</summary>
    public EdgeForOthers ForOthers { get; }

    /// <summary>Begins to serve phones; the network must be bound.</summary>
    public void Start()
    {
        _driver.Start();
        _ = ReportSilentLegs();
        _ = _keepAlive.Run(_stopped.Token);
        _ = RenewLamps();
    }

    /// <summary>Goes on with the subscriptions that were on before a restart. Ends when all lamps are right that can be, or are given up.</summary>
    public Task RestoreSubscriptions() => _again.Run(_stopped.Token);

    /// <summary>The cluster has given a node up: its phones that can be reached from here keep their lamps.</summary>
    public Task NodeGone(string node) => _takenOver.NodeGone(node, _stopped.Token);

    public void NodeBack(string node) => _takenOver.NodeBack(node);

    /// <summary>Devices that had registered here before a restart: the way to those behind a NAT is kept open again.</summary>
    public void Restore(IEnumerable<Binding> bindings) => _keepAlive.Restore(bindings);

    public Task<bool> Ring(RingLeg command)
    {
        if (_edge.Legs.Contains(command.Leg))
            return Task.FromResult(true);
        if (_stopping || (_draining && command.HasOtherFlow) || _edge.Directory.FindTenant(command.Tenant) is not { } tenant)
            return Task.FromResult(false);
        if (TrunkDevice.TrunkOf(command.Binding) is { } trunk)
            return Task.FromResult(TrunkLeg.Ring(_edge, _driver, command, tenant, trunk));
        return Task.FromResult(TryReach(command.Binding, out var flow) && DeviceLeg.Ring(_edge, _driver, command, flow, tenant));
    }

    public Task ShowRinging(LegId leg)
    {
        if (_edge.Legs.Find(leg) is IncomingLeg incoming)
            incoming.Shard.Run(incoming, static (_, held) => held.ShowRinging());
        return Task.CompletedTask;
    }

    public Task Answer(LegId leg, MediaCodec? codec, Party connected)
    {
        if (_edge.Legs.Find(leg) is IncomingLeg incoming)
            incoming.Shard.Run((incoming, codec, connected), static (_, state) => state.incoming.Answer(state.codec, state.connected));
        return Task.CompletedTask;
    }

    public Task End(LegId leg, CallEnd reason)
    {
        if (_edge.Legs.Find(leg) is { } held)
            held.Shard.Run((held, reason), static (_, state) => state.held.End(state.reason));
        return Task.CompletedTask;
    }

    public Task Move(LegId leg, string callKey, Party other)
    {
        if (_edge.Legs.Find(leg) is { } held)
            held.Shard.Run((held, callKey), static (_, state) => state.held.MoveTo(state.callKey));
        return Task.CompletedTask;
    }

    public Task TransferChanged(LegId leg, TransferNews news)
    {
        // Who asked with two dialogs is told in the one in which they asked, whichever call says how it went.
        if (_edge.Legs.Find(leg) is { } held)
        {
            foreach (var own in _edge.Legs.All().Where(other => other.Owner == held.Owner))
                own.Shard.Run((own, news), static (_, state) => state.own.TransferChanged(state.news));
        }
        return Task.CompletedTask;
    }

    public Task<LegId[]> StillHeld(string callKey, LegId[] legs) =>
        Task.FromResult(Array.FindAll(legs, leg => _edge.Legs.Find(leg) is { } held && held.CallKey == callKey));

    /// <summary>
    /// Sends phones that register or call elsewhere: 503 with a time after which this node may be back, which a phone with a second flow (RFC 5626) or
    /// several names (RFC 3263) need not wait for. Calls go on, and phones that only this node reaches can be called.
    /// </summary>
    public void Drain()
    {
        _draining = true;
        LogDraining(_edge.Logger, Legs);
        _watching.Drain();
    }

    /// <summary>Takes no more calls, ends those that are on in good order, tells their owners, and waits for the phones' answers as long as the options allow.</summary>
    public async Task Stop()
    {
        if (_stopping)
            return;
        _stopping = true;
        LogStopping(_edge.Logger, Legs);
        foreach (var leg in _edge.Legs.All())
            leg.Shard.Run(leg, static (_, held) => held.Fail(CallEnd.ServerStopped));
        var since = _edge.Time.GetTimestamp();
        while ((_edge.Legs.Sessions > 0 || Legs > 0) && _edge.Time.GetElapsedTime(since) < _edge.Options.StopTime)
            await Task.Delay(StopLookEvery, _edge.Time);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        await _stopped.CancelAsync();
        await _driver.DisposeAsync();
        _edge.Legs.Dispose();
        _board.Dispose();
        _watching.Dispose();
        _stopped.Dispose();
    }

    /// <summary>
    /// The flow that the device registered by. Where its TCP connection is gone and the device is not behind a NAT, a new one to the address that it
    /// registered from: the contact says only the port.
    /// </summary>
    private bool TryReach(Binding binding, out SipFlow flow)
    {
        if (_driver.Network.TryResolve(binding.Flow, out flow))
            return true;
        if (!SipUri.TryParse(System.Text.Encoding.UTF8.GetBytes(binding.Contact), out var contact, out _) || contact.Parameters.Has("ob"u8))
            return false;
        return contact.Transport is SipTransport.Tcp
            && IPAddress.TryParse(contact.HostText.Trim('[', ']'), out var address)
            && SipNetwork.RemoteOf(binding.Flow) is { } remote && remote.Address.Equals(address)
            && contact.Port != 0 && contact.Port != remote.Port
            && _driver.Network.TryOpen(SipTransport.Tcp, new IPEndPoint(address, contact.Port), contact.HostText, out flow);
    }

    private void LampsFollow(string userKey, IReadOnlyCollection<string> contacts, SipFlow flow)
    {
        _watching.Registered(userKey, contacts, flow);
        _takenOver.Registered(userKey, contacts, flow);
    }

    private async Task RenewLamps()
    {
        using var timer = new PeriodicTimer(WatchLease.RenewEvery, _edge.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token))
                await _board.Renew();
        }
        catch (OperationCanceledException)
        {
            // The edge stops.
        }
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
                    if (leg.Reports.Silence >= EdgeLimits.AliveEvery)
                        leg.Reports.Post(new LegAlive(leg.Id));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The edge stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The SIP edge takes no new calls and lets {Legs} legs go on")]
    private static partial void LogDraining(ILogger logger, int legs);

    [LoggerMessage(Level = LogLevel.Information, Message = "The SIP edge stops and ends {Legs} legs")]
    private static partial void LogStopping(ILogger logger, int legs);
}
