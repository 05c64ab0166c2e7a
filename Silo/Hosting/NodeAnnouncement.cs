using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Browsers;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Recordings;

namespace Webphone.Silo.Hosting;

/// <summary>Lets the grains know this node's edge and media engine, and renews that for as long as the node serves.</summary>
internal sealed partial class NodeAnnouncement : IAsyncDisposable
{
    private readonly INodeGrain _node;
    private readonly IMediaNodesGrain _list;
    private readonly string _name;
    private readonly Action<IReadOnlyCollection<string>> _hear;
    private readonly bool _hasGrains;

    /// <summary>The objects behind the references, which themselves keep nothing: without this the first garbage collection would take the node's edge away.</summary>
    private readonly object[] _kept;
    private readonly NodeLinks _links;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _renewing = Task.CompletedTask;
    private volatile string? _fault;

    public NodeAnnouncement(
        string name, bool hasGrains, IEdge edge, IMediaNode media, IBrowserEdge browsers, IPhoneEdge phones, IRecorder recorder, ICallDesk desk, Action<IReadOnlyCollection<string>> hear, IGrainFactory grains, TimeProvider time,
        ILogger<NodeAnnouncement> logger)
    {
        _kept = [edge, media, browsers, phones, recorder, desk];
        _hasGrains = hasGrains;
        _node = grains.GetGrain<INodeGrain>(name);
        _links = new NodeLinks(
            grains.CreateObjectReference<IEdge>(edge),
            grains.CreateObjectReference<IMediaNode>(media),
            grains.CreateObjectReference<IBrowserEdge>(browsers),
            grains.CreateObjectReference<IPhoneEdge>(phones),
            grains.CreateObjectReference<IRecorder>(recorder),
            grains.CreateObjectReference<ICallDesk>(desk));
        _list = grains.GetGrain<IMediaNodesGrain>(IMediaNodesGrain.Key);
        _name = name;
        _hear = hear;
        _time = time;
        _logger = logger;
    }

    /// <summary>What keeps the node from being found, or null.</summary>
    public string? Fault => _fault;

    public async Task Start()
    {
        await Announce();
        _renewing = Renew();
    }

    /// <summary>Says it at once: the node's grain may have gone with another node, and who asks for this one waits.</summary>
    public async Task Again()
    {
        try
        {
            await Announce();
        }
        catch (Exception error)
        {
            // An edge: the next renewal tries again.
            LogNotAnnounced(error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        _stop.Dispose();
        await _list.Gone(_name);
        await _node.Detach();
        GC.KeepAlive(_kept);
    }

    private async Task Announce()
    {
        _hear(await _list.Here(_name).WaitAsync(EdgeLimits.CommandTimeout, _time));
        // A node without grains has no home for its own: that is on some silo, and is announced anew when it comes back on another.
        if (await _node.Attach(_links).WaitAsync(EdgeLimits.CommandTimeout, _time) || !_hasGrains) return;
        await _node.TakeHome().WaitAsync(EdgeLimits.CommandTimeout, _time);
        await _node.Attach(_links).WaitAsync(EdgeLimits.CommandTimeout, _time);
    }

    private async Task Renew()
    {
        using var timer = new PeriodicTimer(NodeLease.RenewEvery, _time);
        while (await Tick(timer))
        {
            try
            {
                await Announce();
                _fault = null;
            }
            catch (Exception error)
            {
                // A loop's edge: the next turn tries again, and until then health says so.
                _fault = "the node could not be announced";
                LogNotAnnounced(error);
            }
        }
    }

    private async Task<bool> Tick(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "This node could not be announced to the grains")]
    private partial void LogNotAnnounced(Exception error);
}
