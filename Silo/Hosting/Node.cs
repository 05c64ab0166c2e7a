using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains;
using Webphone.Grains.Calls;
using Webphone.Grains.Installation;
using Webphone.Grains.Tenants;
using Webphone.Silo.MediaNode.Recordings;
using Webphone.Silo.Provisioning;
using Webphone.Silo.Settings;
using Webphone.Silo.Storage.Nodes;
using Webphone.WebFrontend;
using Webphone.WebFrontend.Health;

namespace Webphone.Silo.Hosting;

/// <summary>
/// One running node. Start: store, recovery, directory, then engine and web server (which answers 503 until all is ready), media,
/// edge. The end is the reverse: phones first, so that their calls end properly while everything beneath still works; the store last.
/// </summary>
internal sealed partial class Node
{
    private readonly WebphoneOptions _options;
    private readonly WebApplication _app;
    private readonly NodeStore _store;
    private readonly NodeHealth _health;
    private readonly Telephony _telephony;
    private readonly CallSweep[] _sweeps;
    private readonly ILogger<Node> _logger;
    private Func<ValueTask> _stopWatching = static () => ValueTask.CompletedTask;

    private Node(WebphoneOptions options, WebApplication app)
    {
        _options = options;
        _app = app;
        _store = app.Services.GetRequiredService<NodeStore>();
        _health = app.Services.GetRequiredService<NodeHealth>();
        _telephony = app.Services.GetRequiredService<Telephony>();
        var calls = app.Services.GetRequiredService<LiveCallSweep>();
        _sweeps = [Sweep(calls.Once, LiveCallSweep.Every), Sweep(calls.WakeOrphans, LiveCallSweep.OrphansEvery), Sweep(app.Services.GetRequiredService<RecordingRetention>().Once, RecordingRetention.Every, RecordingRetention.First)];
        _logger = app.Services.GetRequiredService<ILogger<Node>>();
    }

    /// <summary>Starts, serves until <paramref name="stop"/>, and stops.</summary>
    public static async Task Run(WebphoneOptions options, TextWriter output, CancellationToken stop)
    {
        await using var log = ConsoleLog.Create(options);
        await using var app = WebServer.Build(options, log, builder =>
        {
            builder.Services.AddStore(options);
            builder.Services.AddSingleton<NodeStore>();
            builder.Services.AddTelephony(options);
            builder.Services.AddSingleton<LiveCallSweep>();
            builder.AddEngine(options);
        });
        var node = new Node(options, app);
        try
        {
            await node.Start();
            await output.WriteLineAsync(node.WriteBanner());
            await output.FlushAsync(CancellationToken.None);
            await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await node.Stop();
        }
    }

    private async Task Start()
    {
        var services = _app.Services;
        GrainServices.Check(services);
        await _store.Open();
        var directory = services.GetRequiredService<IDirectory>();
        WebServer.MapEndpoints(_app, new WebNode
        {
            Name = _options.NodeName,
            Tenants = () => [.. directory.Tenants.Select(tenant => tenant.Name)],
            IsTrusted = _options.Trusts,
            ServeSip = _telephony.ServeWebSocket,
        });
        await StartHost();
        await services.GetRequiredService<Provisioner>().ForgetRemoved();
        // Made now, so that links to set passwords can be signed from the first day.
        if (_options.Roles.HasFlag(NodeRoles.Grains)) await services.GetRequiredService<IGrainFactory>().GetGrain<IInstallationGrain>(IInstallationGrain.Key).GetSecrets();
        if (_options.Roles.HasFlag(NodeRoles.Sip)) await _telephony.Start();
        if (_options.ProvisionFile is { } file)
            _stopWatching = new ProvisioningWatcher(services.GetRequiredService<Provisioner>(), file, services.GetRequiredService<TimeProvider>()).DisposeAsync;
        _health.Checks = [services.GetRequiredService<StoreHealth>().Check, _telephony.Check];
        _health.Phase = NodePhase.Ready;
        foreach (var sweep in _sweeps) sweep.Start();
    }

    private CallSweep Sweep(Func<Task> once, TimeSpan every, TimeSpan? first = null) =>
        new(once, every, _app.Services.GetRequiredService<TimeProvider>(), _app.Services.GetRequiredService<ILogger<CallSweep>>(), first);

    private async Task StartHost()
    {
        try
        {
            await _app.StartAsync();
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new StartRefusedException(
                $"TCP port {_options.WebPort} (--{SettingNames.WebPort}) is in use by another program; stop it or choose another port.", StartExitCode.Unavailable, error);
        }
    }

    private async Task Stop()
    {
        _health.Phase = NodePhase.Stopping;
        await Try("provisioning", () => _stopWatching().AsTask());
        await Try("drain", Drain);
        foreach (var sweep in _sweeps) await Try("call sweep", async () => await sweep.DisposeAsync());
        await Try("telephony", _telephony.Stop);
        await Try("engine and web server", () => _app.StopAsync());
        await Try("store", _store.Close);
    }

    /// <summary>Lets calls come to their end while other nodes take the new ones; where there is no other, waiting helps nobody.</summary>
    private async Task Drain()
    {
        var time = _options.DrainTime ?? (await _app.Services.GetRequiredService<OtherNodes>().AnyLive() ? WebphoneOptions.DrainTimeInCluster : TimeSpan.Zero);
        if (time > TimeSpan.Zero) await _telephony.Drain(time);
    }

    /// <summary>What fails to stop must not keep the rest from stopping, above all not the store.</summary>
    private async Task Try(string part, Func<Task> stop)
    {
        try
        {
            await stop();
        }
        catch (Exception error)
        {
            LogStopFailed(part, error);
        }
    }

    private string WriteBanner()
    {
        var webPort = new Uri(_app.Urls.First().Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        return Banner.Write(_options, _store.Description, _telephony.SipPort, _telephony.SipsPort, webPort);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The {Part} did not stop in good order")]
    private partial void LogStopFailed(string part, Exception error);
}
