using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Hosting;
using Webphone.Grains;
using Webphone.Grains.Accounts;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Net.WebPush;
using Webphone.Silo.BrowserEdge;
using Webphone.Silo.Edges;
using Webphone.Silo.Hosting;
using Webphone.Silo.PushEdge;
using Webphone.Silo.Tests.SipEdge;
using Webphone.WebFrontend.Health;
using Webphone.WebFrontend.Metrics;

namespace Webphone.WebFrontend.Tests.Harness;

/// <summary>A frontend on a real port, with grains on the in-process engine, the browser edge, and media that is only told of.</summary>
internal sealed class WebWorld : IAsyncDisposable
{
    private const string Node = "web1";

    /// <summary>What a test's browsers are granted to say that they heard a ring, on a machine that does everything at once.</summary>
    private static readonly TimeSpan RingAcknowledgement = TimeSpan.FromSeconds(20);

    private readonly List<IDisposable> _clients = [];
    private readonly List<Browser> _browsers = [];
    private readonly WebApplication _app;
    private readonly SessionEdge _edge;
    private readonly PushRinger _closed;
    private readonly NodeEdge _node;
    private readonly CancellationTokenSource _stopped = new();

    private WebWorld(SessionEdgeOptions? edge, FrontendOptions? frontend)
    {
        var options = edge ?? new SessionEdgeOptions { MediaTime = TimeSpan.FromMinutes(5), RingAcknowledgement = RingAcknowledgement };
        var networks = new PushNetworks([IPNetwork.Parse("127.0.0.0/8")]);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Webphone" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(new IPEndPoint(IPAddress.Loopback, 0)));
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging();
        builder.Services
            .AddSingleton<IDirectory>(Directory)
            .AddSingleton(new LocalNode(Node))
            .AddSingleton<NodeBook>()
            .AddSingleton<ICallJournal>(Journal)
            .AddSingleton<IHistoryStore>(Journal)
            .AddSingleton<IRecordingStore>(Recordings)
            .AddSingleton(TimeProvider.System)
            .AddInProcessGrains(typeof(GrainServices).Assembly, typeof(ICallGrain).Assembly)
            .AddMemoryGrainStorage(GrainServices.Storage)
            .AddFrontend((frontend ?? new FrontendOptions()) with { IsPushEndpoint = endpoint => networks.TryRead(endpoint, out _) });
        _app = builder.Build();
        Grains = _app.Services.GetRequiredService<IGrainFactory>();
        var post = new EdgePost(Grains, _app.Services.GetRequiredService<NodeBook>(), TimeProvider.System, NullLogger<EdgePost>.Instance);
        _edge = new SessionEdge(
            options with { Node = Node }, Directory, Grains, post, Media, Media, TimeProvider.System, NullLogger<SessionEdge>.Instance);
        _closed = new PushRinger(new PushContext(
            new PushEdgeOptions { TryAgainAfter = TimeSpan.FromMilliseconds(50), OpenBrowserPatience = options.RingAcknowledgement + PushEdgeOptions.AfterAcknowledgement }, new PushSender(networks, TimeProvider.System, NullLogger<PushSender>.Instance), networks,
            Directory, Grains, post, TimeProvider.System, NullLogger<PushRinger>.Instance));
        _node = new NodeEdge(new NodeDevices(_edge, _edge, _closed), post);
        var health = new NodeHealth { Phase = NodePhase.Ready };
        WebEndpoints.Map(
            _app,
            new WebNode { Name = Node, Tenants = () => ["acme", "other"], IsTrusted = _ => false, ServeSip = (_, _, _, _) => Task.CompletedTask },
            health, new MetricsExporter(), Grains, TimeProvider.System);
    }

    public WebDirectory Directory { get; } = new();

    public MemoryJournal Journal { get; } = new();

    public FakeEndpoints Media { get; } = new();

    public FakeRecordings Recordings { get; } = new();

    public IGrainFactory Grains { get; }

    public SessionEdge Edge => _edge;

    public Uri Server { get; private set; } = new("http://localhost");

    public IReadOnlyList<RouteEndpoint> Endpoints => [.. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    public static async Task<WebWorld> Start(SessionEdgeOptions? edge = null, FrontendOptions? options = null)
    {
        var world = new WebWorld(edge, options);
        await world._app.StartAsync();
        world.Server = new Uri(world._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var links = new NodeLinks(
            world.Grains.CreateObjectReference<IEdge>(world._node), world.Grains.CreateObjectReference<IMediaNode>(world.Media),
            world.Grains.CreateObjectReference<IBrowserEdge>(world._edge), Recorder: world.Grains.CreateObjectReference<IRecorder>(world.Recordings));
        await world.Grains.GetGrain<INodeGrain>(Node).Attach(links);
        _ = world.RenewNode(() => world.Grains.GetGrain<INodeGrain>(Node).Attach(links));
        return world;
    }

    /// <summary>The node's lease is shorter than a test on a busy machine.</summary>
    private async Task RenewNode(Func<Task> renew)
    {
        using var timer = new PeriodicTimer(NodeLease.RenewEvery);
        while (!_stopped.IsCancellationRequested && await timer.WaitForNextTickAsync())
        {
            if (!_stopped.IsCancellationRequested)
                await renew();
        }
    }

    public IUserGrain User(string extension) => Grains.GetGrain<IUserGrain>($"acme/{extension}");

    /// <summary>A browser profile that is not signed in.</summary>
    public WebClient Client()
    {
        var client = new WebClient(Server);
        _clients.Add(client);
        return client;
    }

    /// <summary>A browser profile that is signed in, by another way than the password, which costs what it must.</summary>
    public async Task<WebClient> SignedIn(string extension, string tenant = "acme")
    {
        var userKey = $"{tenant}/{extension}";
        var client = Client();
        client.Keep(userKey, await Grains.GetGrain<IAccountGrain>(userKey).Open("test browser"));
        return client;
    }

    /// <summary>A browser that is signed in, with one tab that holds the phone.</summary>
    public async Task<Browser> Open(string extension, string tenant = "acme") => await Open(await SignedIn(extension, tenant));

    /// <summary>Another browser session of the same sign-in, or another tab of a session.</summary>
    public async Task<Browser> Open(WebClient client, string? session = null, string? tab = null)
    {
        var browser = new Browser(client, session ?? Browser.NewId(), tab ?? Browser.NewId());
        _browsers.Add(browser);
        await browser.Connect();
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        foreach (var browser in _browsers)
            await browser.DisposeAsync();
        await _closed.DisposeAsync();
        await _edge.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _clients.ForEach(client => client.Dispose());
    }
}
