using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Tenants;
using Webphone.Grains.Tests.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Calls;

/// <summary>What a whole call costs on the in-process engine, with edges that do nothing.</summary>
public class CallCostTests(ITestOutputHelper output)
{
    private const int Calls = 20_000;

    [Fact(Explicit = true)]
    public async Task A_whole_call_takes_microseconds()
    {
        string[] extensions = [.. Enumerable.Range(1000, 1000).Select(number => $"{number}")];
        var journal = new NoJournal();
        await using var services = new ServiceCollection()
            .AddInProcessGrains(typeof(CallGrain).Assembly)
            .AddMemoryGrainStorage(GrainServices.Storage)
            .AddSingleton<IDirectory>(new FakeDirectory(extensions))
            .AddSingleton<ICallJournal>(journal)
            .AddSingleton<NodeBook>()
            .AddSingleton<IHistoryStore>(journal)
            .BuildServiceProvider();
        var grains = services.GetRequiredService<IGrainFactory>();
        var node = new QuietNode();
        await grains.GetGrain<INodeGrain>("n1").Attach(new NodeLinks(grains.CreateObjectReference<IEdge>(node), grains.CreateObjectReference<IMediaNode>(node)));
        foreach (var extension in extensions)
        {
            await grains.GetGrain<IUserGrain>($"acme/{extension}").Register(
                new RegisterBindings([TestHost.Binding("desk" + extension, "n1")], [], false, "reg", 1));
        }

        await Make(grains, "warm", Calls / 4);
        var (cpu, bytes, clock) = (Process.GetCurrentProcess().TotalProcessorTime, GC.GetTotalAllocatedBytes(), Stopwatch.StartNew());
        await Make(grains, "c", Calls);
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        bytes = GC.GetTotalAllocatedBytes() - bytes;
        output.WriteLine($"{cpu.TotalMicroseconds / Calls:F1} us of CPU and {bytes / Calls} bytes a call, {Calls / clock.Elapsed.TotalSeconds:F0} calls/s");
        Assert.True(node.Ended >= Calls);
    }

    private static async Task Make(IGrainFactory grains, string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var id = $"{name}{i}";
            var call = grains.GetGrain<ICallGrain>("acme/" + id);
            var fork = new LegId(id + "-1");
            await call.Start(new StartCall(
                new LegId(id), "n1", "acme", $"{1000 + i % 500}", "", $"{1500 + i % 500}", new EndpointId("n1", i), [new MediaCodec("PCMU", 8000)]));
            while (!(await call.Report(new LegRinging(fork))).IsTaken) await Task.Yield();
            await call.Report(new LegAnswered(fork, new EndpointId("n1", -i), new MediaCodec("PCMU", 8000)));
            await call.Report(new LegEnded(fork, CallEnd.Completed));
        }
    }

    private sealed class QuietNode : IEdge, IMediaNode
    {
        private int _ended;

        public int Ended => _ended;

        public Task<RingAnswer> Ring(RingLeg command) => Task.FromResult(RingAnswer.Called);

        public Task ShowRinging(LegId leg) => Task.CompletedTask;

        public Task Answer(LegId leg, MediaCodec? codec, Party connected) => Task.CompletedTask;

        public Task<bool> End(LegId leg, CallEnd reason, UserNews? news)
        {
            Interlocked.Increment(ref _ended);
            return Task.FromResult(false);
        }

        public Task Move(LegId leg, string callKey, Party other) => Task.CompletedTask;

        public Task TransferChanged(LegId leg, TransferNews news) => Task.CompletedTask;

        public Task<LegId[]> StillHeld(string callKey, LegId[] legs) => Task.FromResult(legs);

        public Task Connect(EndpointId first, EndpointId second) => Task.CompletedTask;

        public Task<LinkAnswer> OpenLink(EndpointId endpoint, LinkEnd? other) => Task.FromResult(LinkAnswer.Refused);

        public Task CompleteLink(EndpointId endpoint, LinkEnd own, LinkEnd other) => Task.CompletedTask;

        public Task<LinkEnd?> PrepareLink(EndpointId endpoint) => Task.FromResult<LinkEnd?>(null);

        public Task<bool> JoinPrepared(EndpointId endpoint, LinkEnd own, LinkEnd other) => Task.FromResult(false);

        public Task Disconnect(EndpointId endpoint) => Task.CompletedTask;

        public Task Play(EndpointId endpoint, MediaSource source) => Task.CompletedTask;

        public Task Echo(EndpointId endpoint) => Task.CompletedTask;

        public Task JoinMix(string mix, EndpointId endpoint) => Task.CompletedTask;

        public Task<LinkAnswer> OpenMixLink(string mix, EndpointId endpoint) => Task.FromResult(LinkAnswer.Refused);

        public Task CompleteMixLink(string mix, EndpointId endpoint, LinkEnd own, LinkEnd other) => Task.CompletedTask;

        public Task LeaveMix(string mix, EndpointId endpoint) => Task.CompletedTask;

        public Task MuteInMix(string mix, System.Collections.Immutable.ImmutableArray<EndpointId> muted) => Task.CompletedTask;

        public Task KeepInMix(string mix, System.Collections.Immutable.ImmutableArray<EndpointId> members) => Task.CompletedTask;

        public Task PlayToMix(string mix, MediaSource source) => Task.CompletedTask;
    }

    private sealed class NoJournal : ICallJournal, IHistoryStore
    {
        public void Append(CallRecord record)
        {
        }

        public ValueTask<CallRecord?> Read(string callKey) => ValueTask.FromResult<CallRecord?>(null);

        public Task Leave(string callKey, CancellationToken giveUp) => Task.CompletedTask;

        public Task<System.Collections.Immutable.ImmutableArray<string>> Orphans(int count) => Task.FromResult(System.Collections.Immutable.ImmutableArray<string>.Empty);

        public Task<System.Collections.Immutable.ImmutableArray<string>> OfNode(string node, int count) => Orphans(count);

        public System.Collections.Immutable.ImmutableArray<CallRecord> Live(string tenant, int count) => [];

        public Task<System.Collections.Immutable.ImmutableArray<HistoryEntry>> List(string tenant, string? extension, DateTimeOffset? before, int count) =>
            Task.FromResult<System.Collections.Immutable.ImmutableArray<HistoryEntry>>([]);
    }
}
