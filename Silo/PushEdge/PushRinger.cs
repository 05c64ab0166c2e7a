using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Webphone.Grains.Accounts;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Silo.Edges;

namespace Webphone.Silo.PushEdge;

/// <summary>The edge that rings browsers which are closed. To calls its legs are as any other, which never answer.</summary>
internal sealed class PushRinger : IDeviceEdge, IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly PushContext _push;
    private readonly ConcurrentDictionary<LegId, PushLeg> _legs = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly Meter _meter = new("Webphone.Silo");
    private Task _reporting = Task.CompletedTask;
    private volatile bool _stopping;

    public PushRinger(PushContext push)
    {
        _push = push;
        _meter.CreateObservableGauge("webphone.push.legs", () => _legs.Count, "{leg}", "Calls that wake somebody's browsers");
    }

    public void Start() => _reporting = ReportSilentLegs();

    public bool Holds(LegId leg) => _legs.ContainsKey(leg);

    public Task<bool> Ring(RingLeg command)
    {
        if (_legs.ContainsKey(command.Leg))
            return Task.FromResult(true);
        if (_stopping || !PushDevice.Is(command.Binding) || _legs.Count >= _push.Options.MaxLegs)
            return Task.FromResult(false);
        var leg = new PushLeg(_push, command, over => _legs.TryRemove(over.Id, out _));
        if (_legs.TryAdd(leg.Id, leg))
            leg.Start();
        return Task.FromResult(true);
    }

    public Task End(LegId leg, CallEnd reason)
    {
        if (_legs.TryGetValue(leg, out var held))
            held.End(reason);
        return Task.CompletedTask;
    }

    public Task<LegId[]> StillHeld(string callKey, LegId[] legs) =>
        Task.FromResult(Array.FindAll(legs, leg => _legs.TryGetValue(leg, out var held) && held.CallKey == callKey));

    // It is nobody's voice: what concerns those who talk does not concern it.
    public Task ShowRinging(LegId leg) => Task.CompletedTask;

    public Task Answer(LegId leg, MediaCodec? codec, Party connected) => Task.CompletedTask;

    public Task Move(LegId leg, string callKey, Party other) => Task.CompletedTask;

    public Task TransferChanged(LegId leg, TransferNews news) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_stopping)
            return;
        _stopping = true;
        foreach (var (_, leg) in _legs)
            leg.Fail(CallEnd.ServerStopped);
        await _stopped.CancelAsync();
        await _reporting;
        _stopped.Dispose();
        _push.Dispose();
        _meter.Dispose();
    }

    private async Task ReportSilentLegs()
    {
        using var timer = new PeriodicTimer(LookEvery, _push.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token))
            {
                foreach (var (_, leg) in _legs)
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
}
