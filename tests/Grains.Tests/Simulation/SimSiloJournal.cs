using System.Collections.Immutable;
using Orleans.Simulation;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>The journal of one process of a cluster: what was appended goes to the store a little later, and is lost with the process before that.</summary>
internal sealed class SimSiloJournal(SimWorld world, SimulatedSilo silo) : ICallJournal
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, CallRecord> _unwritten = [];
    private readonly Dictionary<string, CallRecord> _live = [];
    private bool _writing;

    public void Append(CallRecord record)
    {
        if (record.Ended) _live.Remove(record.CallKey);
        else _live[record.CallKey] = record;
        _unwritten[record.CallKey] = record;
        if (world.Faults.AreNone) Write();
        else if (!_writing) _ = world.Start(WriteLater);
    }

    public ValueTask<CallRecord?> Read(string callKey)
    {
        var stored = world.Journal.ReadNow(callKey);
        var unwritten = _unwritten.GetValueOrDefault(callKey);
        var newest = unwritten is not null && (stored is null || stored.State.Epoch <= unwritten.State.Epoch) ? unwritten : stored;
        return ValueTask.FromResult(newest is { Ended: false } ? newest : null);
    }

    public async Task Leave(string callKey, CancellationToken giveUp)
    {
        while (_unwritten.ContainsKey(callKey) && !giveUp.IsCancellationRequested) await Task.Delay(Delay, world.Cluster.Time, CancellationToken.None);
        _live.Remove(callKey);
    }

    public Task<ImmutableArray<string>> Orphans(int count) => Task.FromResult<ImmutableArray<string>>(
        [.. world.Journal.WrittenBy(node => node != silo.Name && world.IsMissed(node)).Concat(world.Journal.WrittenBy(node => node == silo.Name).Where(key => !_live.ContainsKey(key))).Take(count)]);

    public Task<ImmutableArray<string>> OfNode(string node, int count) => world.Journal.OfNode(node, count);

    public ImmutableArray<CallRecord> Live(string tenant, int count) => [.. _live.Values.Where(call => call.Tenant == tenant).Take(count)];

    private async Task WriteLater()
    {
        _writing = true;
        var services = silo.Services;
        await world.Delay(Delay);
        while (silo.State == SimulatedSiloState.Paused) await world.Delay(Delay);
        _writing = false;
        // What was not written is gone with the process.
        if (silo.State == SimulatedSiloState.Running && ReferenceEquals(services, silo.Services)) Write();
    }

    private void Write()
    {
        foreach (var record in _unwritten.Values.ToArray())
        {
            if (!world.Journal.Write(record, silo.Name)) _live.Remove(record.CallKey);
        }

        _unwritten.Clear();
    }
}
