using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Hosting;
using Webphone.Grains;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Rooms;
using Webphone.Grains.Tenants;
using Webphone.Net.Media;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Limits;
using Webphone.Net.Sip.Tls;
using Webphone.Silo.Edges;
using Webphone.Silo.MediaNode;
using Webphone.Silo.SipEdge;
using Webphone.Silo.SipEdge.Media;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>A whole server but for its store and its web pages: transports on loopback, the SIP edge, grains on the in-process engine, and media.</summary>
internal sealed class EdgeWorld : IAsyncDisposable
{
    public const string Node = "test";

    private readonly ServiceProvider? _services;
    private readonly MediaEngine _engine;
    private readonly List<TestPhone> _phones = [];
    private readonly LocalMediaNode _media;
    private readonly NodeEdge _edge;
    private readonly EdgePost _post;
    private readonly SipEdgeOptions _options;

    private EdgeWorld(Action<SipNetworkSettings, SipEdgeOptions>? configure, MediaOptions? media, SessionOptions? session, EdgeWorld? other = null)
    {
        _options = new SipEdgeOptions { Node = other is null ? Node : $"beside {other._options.Node}" };
        Directory = other?.Directory ?? new TestDirectory();
        Journal = other?.Journal ?? new MemoryJournal();
        _services = other is not null ? null : new ServiceCollection()
            .AddSingleton<IDirectory>(Directory)
            .AddSingleton(new LocalNode(Node))
            .AddSingleton<NodeBook>()
            .AddSingleton<ICallJournal>(Journal)
            .AddSingleton<IHistoryStore>(Journal)
            .AddInProcessGrains(typeof(GrainServices).Assembly)
            .AddMemoryGrainStorage(GrainServices.Storage)
            .BuildServiceProvider();
        Grains = other?.Grains ?? _services!.GetRequiredService<IGrainFactory>();
        _engine = new MediaEngine((media ?? new MediaOptions()) with { FirstPort = 31000, LastPort = 38999 });
        _media = new LocalMediaNode(_options.Node, _engine, new SoundLibrary(new SoundOptions(), NullLogger<SoundLibrary>.Instance));
        var settings = new SipNetworkSettings
        {
            Certificate = new SelfSignedCertificate(["localhost"], DateTimeOffset.UtcNow),
            Listen =
            [
                new(SipTransport.Udp, new IPEndPoint(IPAddress.Loopback, 0)),
                new(SipTransport.Tcp, new IPEndPoint(IPAddress.Loopback, 0)),
                new(SipTransport.Tls, new IPEndPoint(IPAddress.Loopback, 0)),
            ],
        };
        configure?.Invoke(settings, _options);
        Network = new SipNetwork(
            settings, TimeProvider.System, new TransportCounters(), new WireTrace(NullLogger<WireTrace>.Instance), NullLogger<SipNetwork>.Instance);
        Network.Bind();
        _post = new EdgePost(Grains, new NodeBook(Grains, TimeProvider.System), TimeProvider.System, NullLogger<EdgePost>.Instance);
        Edge = new PhoneEdge(
            _options, settings, Network, new SipStackOptions { Session = session ?? new SessionOptions() }, Directory, Grains, _post,
            new NodeLegEndpoints(_media, [new MediaPlace(IPAddress.Loopback, IPAddress.Loopback), new MediaPlace(IPAddress.IPv6Loopback, IPAddress.IPv6Loopback)]), Subscriptions, Mailboxes, TimeProvider.System, NullLoggerFactory.Instance);
        _edge = new NodeEdge(Edge, _post);
    }

    public TestDirectory Directory { get; }

    public MemoryJournal Journal { get; }

    public MemorySubscriptions Subscriptions { get; } = new();

    public TestMailboxes Mailboxes { get; } = new();

    public IGrainFactory Grains { get; }

    public SipNetwork Network { get; }

    public PhoneEdge Edge { get; }

    public int Endpoints => _engine.Count;

    public IPEndPoint Udp => Network.Listening[0].EndPoint;

    public IPEndPoint Tcp => Network.Listening[1].EndPoint;

    public static async Task<EdgeWorld> Start(
        Action<SipNetworkSettings, SipEdgeOptions>? configure = null, MediaOptions? media = null, SessionOptions? session = null)
    {
        var world = new EdgeWorld(configure, media, session);
        await world.Begin();
        return world;
    }

    /// <summary>Another node, with phones and media of its own; the grains are where they are. Disposed of before this one.</summary>
    public async Task<EdgeWorld> StartAnother()
    {
        var world = new EdgeWorld(null, null, null, this);
        await world.Begin();
        return world;
    }

    /// <summary>A phone that is not registered.</summary>
    public TestPhone Phone(string extension, string? secret = null, string tenant = "acme", string domain = TestDirectory.Domain, SipTransport transport = SipTransport.Udp, IPAddress? from = null)
    {
        var server = Network.Listening.First(point => point.Transport == transport && (from is null || point.EndPoint.AddressFamily == from.AddressFamily));
        var phone = new TestPhone(extension, secret ?? TestDirectory.Secret(tenant, extension), domain, transport, server.EndPoint, from);
        _phones.Add(phone);
        return phone;
    }

    /// <summary>A phone that is registered.</summary>
    public async Task<TestPhone> Registered(string extension, SipTransport transport = SipTransport.Udp, IPAddress? from = null)
    {
        var phone = Phone(extension, transport: transport, from: from);
        Assert.Equal(200, await phone.Register());
        return phone;
    }

    /// <summary>Two phones in a call: the caller's side and the callee's.</summary>
    public static async Task<(TestCall Caller, TestCall Callee)> Connected(TestPhone caller, TestPhone callee)
    {
        var outgoing = await caller.Call(callee.Extension);
        var incoming = await callee.NextCall();
        incoming.Answer();
        await outgoing.Next(Webphone.Sip.Sessions.SessionEventKind.Answered);
        await incoming.Next(Webphone.Sip.Sessions.SessionEventKind.Acknowledged);
        return (outgoing, incoming);
    }

    /// <summary>Waits until the room has so many members.</summary>
    public Task Members(string room, int count) =>
        Eventually.True(async () => (await Grains.GetGrain<IRoomGrain>($"acme/{room}").GetView()).Members.Length == count);

    /// <summary>Waits until nothing of any call is left, and gives the one call's record.</summary>
    public async Task<CallRecord> Over()
    {
        await AllOver();
        return Journal.All.Single();
    }

    /// <summary>Waits until there was a call, and nothing of any is left.</summary>
    public Task AllOver() => Eventually.True(() => Edge.Legs == 0 && Endpoints == 0 && Journal.All.Any() && Journal.All.All(call => call.Ended));

    public async ValueTask DisposeAsync()
    {
        foreach (var phone in _phones)
            await phone.DisposeAsync();
        // Nobody is left who would answer a BYE.
        _options.StopTime = TimeSpan.Zero;
        await Edge.DisposeAsync();
        Network.Counters.Dispose();
        _engine.Dispose();
        if (_services is not null)
            await _services.DisposeAsync();
    }

    private async Task Begin()
    {
        Edge.Start();
        await Grains.GetGrain<INodeGrain>(_options.Node).Attach(
            new NodeLinks(Grains.CreateObjectReference<IEdge>(_edge), Grains.CreateObjectReference<IMediaNode>(_media), Desk: Grains.CreateObjectReference<ICallDesk>(_post)));
    }
}
