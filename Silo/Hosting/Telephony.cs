using System.Collections.Immutable;
using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Rooms;
using Webphone.Grains.Tenants;
using Webphone.Net.Media;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Limits;
using Webphone.Net.WebPush;
using Webphone.Silo.BrowserEdge;
using Webphone.Silo.Edges;
using Webphone.Silo.MediaNode;
using Webphone.Silo.MediaNode.Recordings;
using Webphone.Silo.PushEdge;
using Webphone.Silo.Settings;
using Webphone.Silo.SipEdge;
using Webphone.Silo.SipEdge.Lamps;
using Webphone.Silo.SipEdge.Media;
using Webphone.Silo.Storage.GrainState;
using Webphone.Silo.Storage.Recordings;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.WebFrontend.Health;

namespace Webphone.Silo.Hosting;

/// <summary>The media engine and the SIP edge of this node, and its announcement to the grains.</summary>
internal sealed class Telephony : IAsyncDisposable
{
    private static readonly TimeSpan DrainLookEvery = TimeSpan.FromMilliseconds(50);

    private readonly WebphoneOptions _options;
    private readonly IDirectory _directory;
    private readonly IGrainFactory _grains;
    private readonly StoredBindings _bindings;
    private readonly ISubscriptionStore _subscriptions;
    private readonly IMailboxCounts _mailboxes;
    private readonly RecordingStore _recordings;
    private readonly ICallKeys _callKeys;
    private readonly NodeBook _book;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private MediaEngine? _media;
    private SipNetwork? _network;
    private LocalRecorder? _recorder;
    private PhoneEdge? _edge;
    private SessionEdge? _browsers;
    private PushRinger? _closed;
    private NodeLosses? _losses;
    private NodeAnnouncement? _announcement;

    public Telephony(
        WebphoneOptions options, IDirectory directory, IGrainFactory grains, StoredBindings bindings, ISubscriptionStore subscriptions, IMailboxCounts mailboxes,
        RecordingStore recordings, ICallKeys callKeys, NodeBook book, TimeProvider time,
        ILoggerFactory loggers)
    {
        _subscriptions = subscriptions;
        _mailboxes = mailboxes;
        _recordings = recordings;
        _callKeys = callKeys;
        _book = book;
        _options = options;
        _directory = directory;
        _grains = grains;
        _bindings = bindings;
        _time = time;
        _loggers = loggers;
    }

    public int SipPort => PortOf(SipTransport.Udp) ?? _options.SipPort;

    public int SipsPort => PortOf(SipTransport.Tls) ?? _options.SipsPort;

    public HealthCheck Check => new("sip", () => _announcement?.Fault);

    /// <summary>Opens the ports, announces the node to the grains, and only then begins to receive: a call must find its media node.</summary>
    public async Task Start()
    {
        var places = MediaAddress.PlacesOf(_options.Bind, _options.AdvertisedAddress);
        _media = ListeningPorts.OpenMedia(_options, places, _time, _loggers);
        var link = MediaAddress.LinkPlaceOf(_options.Bind, _options.NodeAddress);
        var sounds = new SoundLibrary(Sounds(), _loggers.CreateLogger<SoundLibrary>());
        var node = new LocalMediaNode(
            _options.NodeName, _media, sounds, (link.Bind, link.Advertised), TellSpeakers, _time);
        _recorder = new LocalRecorder(_options.NodeName, node, sounds, _options.RecordingFolder, _recordings, _time, _loggers.CreateLogger<LocalRecorder>());
        _recorder.Start();
        var settings = NetworkSettings();
        _network = ListeningPorts.OpenSip(_options, settings, _time, _loggers);
        var endpoints = new NodeLegEndpoints(node, places);
        var post = new EdgePost(_grains, _book, _time, _loggers.CreateLogger<EdgePost>());
        _edge = new PhoneEdge(
            new SipEdgeOptions { Node = _options.NodeName, CallKeys = _callKeys }, settings, _network, new SipStackOptions(), _directory, _grains, post, endpoints, _subscriptions, _mailboxes, _time,
            _loggers);
        _browsers = new SessionEdge(
            new SessionEdgeOptions { Node = _options.NodeName, CallKeys = _callKeys, RingAcknowledgement = _options.BrowserRingTime, ReconnectTime = _options.ReconnectTime }, _directory, _grains, post, endpoints, node, _time, _loggers.CreateLogger<SessionEdge>());
        _closed = new PushRinger(Push(post));
        _losses = new NodeLosses(_edge.NodeGone, _edge.NodeBack, _time, _loggers.CreateLogger<NodeLosses>());
        _announcement = new NodeAnnouncement(
            _options.NodeName, _options.Roles.HasFlag(NodeRoles.Grains), new NodeEdge(new NodeDevices(_edge, _browsers, _closed), post), node, _browsers, _edge.ForOthers, _recorder, post, _losses.Hear, _grains, _time,
            _loggers.CreateLogger<NodeAnnouncement>());
        await _announcement.Start();
        _edge.Start();
        _edge.Restore(await _bindings.OfNode(_options.NodeName));
        // Lamps are made right beside all else: nobody who calls waits for that.
        _ = _edge.RestoreSubscriptions();
        _browsers.Start();
        _closed.Start();
    }

    /// <summary>Another node is gone, and maybe with it what was known of this one.</summary>
    public Task AnnounceAgain() => _announcement?.Again() ?? Task.CompletedTask;

    /// <summary>The cluster has given a node up: what it kept for phones that can be reached from here goes on here.</summary>
    public void NodeGone(string node) => _losses?.Gone(node);

    /// <summary>A node serves again.</summary>
    public void NodeBack(string node) => _losses?.Back(node);

    /// <summary>Takes no new registrations and calls of phones, and completes when the last call is over, or after <paramref name="limit"/>.</summary>
    public async Task Drain(TimeSpan limit)
    {
        if (_edge is not { } phones || _browsers is not { } browsers) return;
        phones.Drain();
        var since = _time.GetTimestamp();
        while (phones.Legs + browsers.Legs > 0 && _time.GetElapsedTime(since) < limit) await Task.Delay(DrainLookEvery, _time);
    }

    /// <summary>Ends the calls in good order, then leaves; the media goes last, so that nobody is cut off in the middle of a goodbye. Twice is once.</summary>
    public async Task Stop()
    {
        if (Take(ref _closed) is { } closed) await closed.DisposeAsync();
        if (_browsers is not null) await _browsers.Stop();
        if (_edge is not null) await _edge.Stop();
        if (Take(ref _announcement) is { } announcement) await announcement.DisposeAsync();
        if (Take(ref _edge) is { } edge) await edge.DisposeAsync();
        if (Take(ref _browsers) is { } browsers) await browsers.DisposeAsync();
        if (Take(ref _network) is { } network)
        {
            await network.DisposeAsync();
            network.Counters.Dispose();
        }

        Take(ref _media)?.Dispose();
        if (Take(ref _recorder) is { } recorder) await recorder.DisposeAsync();
    }

    public ValueTask DisposeAsync() => new(Stop());

    public Task ServeWebSocket(WebSocket socket, IPEndPoint local, IPEndPoint remote, CancellationToken cancellation)
    {
        if (_network is { } network && !cancellation.IsCancellationRequested) return network.AcceptWebSocket(socket, local, remote, secure: false);
        socket.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Who speaks in a conference: what is lost is put right by the next who begins or ends to.</summary>
    private void TellSpeakers(string mix, ImmutableArray<EndpointId> speakers) =>
        _ = _grains.GetGrain<IRoomGrain>(MixCommands.RoomOf(mix)).SpeakersChanged(mix, speakers).ContinueWith(
            static told => _ = told.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private static T? Take<T>(ref T? part) where T : class => Interlocked.Exchange(ref part, null);

    private int? PortOf(SipTransport transport) => _network?.Listening.FirstOrDefault(point => point.Transport == transport)?.EndPoint.Port;

    private PushContext Push(EdgePost post)
    {
        var networks = new PushNetworks(_options.PushNetworks);
        var sender = new PushSender(networks, _time, _loggers.CreateLogger<PushSender>());
        var options = new PushEdgeOptions { Contact = _options.PushContact, OpenBrowserPatience = _options.BrowserRingTime + PushEdgeOptions.AfterAcknowledgement };
        return new PushContext(options, sender, networks, _directory, _grains, post, _time, _loggers.CreateLogger<PushRinger>());
    }

    private SipNetworkSettings NetworkSettings()
    {
        if (!TrustedNetworks.TryParse(_options.TrustedNetworks.Select(network => network.ToString()), out var trusted, out var wrong))
            throw new StartRefusedException($"--{SettingNames.TrustedNetworks} must name networks such as 10.0.0.0/8; \"{wrong}\" is none.", StartExitCode.BadSettings);
        return new SipNetworkSettings
        {
            AdvertisedHost = _options.AdvertisedAddress?.ToString(),
            Trusted = trusted,
            Certificate = TlsIdentity.Load(_options, _directory, _time, _loggers),
        };
    }

    private SoundOptions Sounds() => new()
    {
        HoldMusic = name => _directory.Tenants.FirstOrDefault(tenant => tenant.Name == name)?.HoldMusicFile,
        Announcement = name => _directory.FindTenant(name)?.Recording.AnnouncementFile,
    };
}

internal static class TelephonyServices
{
    public static void AddTelephony(this IServiceCollection services, WebphoneOptions options)
    {
        services.AddSingleton(new LocalNode(options.NodeName, options.Roles.HasFlag(NodeRoles.Media)));
        services.AddSingleton<NodeBook>();
        services.AddSingleton<ICallKeys, RandomCallKeys>();
        services.AddSingleton<Telephony>();
    }
}
