using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Nodes;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;
using Webphone.Grains.Tests.Hosts;
using Webphone.Grains.Tests.Nodes;
using Webphone.Grains.Tests.Recordings;
using Webphone.Grains.Tests.Simulation;
using Webphone.Grains.Tests.Tenants;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests;

/// <summary>The grains under a virtual clock, with users 101 to 103 of "acme" and one node "n1" whose edge records what it is told.</summary>
internal sealed class TestHost : IDisposable
{
    private readonly TestStorage _storage = new();
    private readonly CallCounter _counter = new();

    public TestHost([CallerFilePath] string file = "", [CallerMemberName] string member = "")
    {
        Cluster = new TestGrains(
            services => services
                .AddSingleton<IDirectory>(Directory)
                .AddSingleton(new LocalNode("n1"))
                .AddSingleton<IMembers>(Members)
                .AddSingleton<ICallJournal>(Journal)
                .AddSingleton<NodeBook>()
                .AddSingleton<IHistoryStore>(Journal)
                .AddSingleton<IRecordingStore>(Recordings),
            _counter,
            _storage,
            file, member);
        Node = new TestNode("n1");
        Attach(Node);
    }

    public TestGrains Cluster { get; }

    public FakeDirectory Directory { get; } = new("101", "102", "103");

    public SimJournal Journal { get; } = new();

    public MemoryRecordings Recordings { get; } = new();

    public FakeMembers Members { get; } = new();

    public TestStorage Storage => _storage;

    public TestNode Node { get; private set; }

    /// <summary>How many calls grains have taken, and edges and media nodes.</summary>
    public int GrainCalls => _counter.Calls;

    public DateTimeOffset Now => Cluster.Now;

    public IUserGrain User(string extension) => Cluster.Grains.GetGrain<IUserGrain>($"acme/{extension}");

    public ICallGrain Call(string id) => Cluster.Grains.GetGrain<ICallGrain>($"acme/{id}");

    public void Attach(TestNode node)
    {
        node.Users = key => Cluster.Grains.GetGrain<IUserGrain>(key);
        var links = new NodeLinks(
            Cluster.Grains.CreateObjectReference<IEdge>(node), Cluster.Grains.CreateObjectReference<Media.IMediaNode>(node), Recorder: Cluster.Grains.CreateObjectReference<IRecorder>(node.Recorder));
        Do(() => Cluster.Grains.GetGrain<INodeGrain>(node.Name).Attach(links));
        Cluster.Start(async () =>
        {
            while (!node.IsGone)
            {
                await Cluster.Delay(NodeLease.RenewEvery);
                await Cluster.Grains.GetGrain<INodeGrain>(node.Name).Attach(links);
            }
        });
    }

    /// <summary>Does it, and lets everything that follows from it happen without time passing.</summary>
    public void Do(Func<Task> work) => Cluster.Do(work);

    public T Get<T>(Func<Task<T>> work)
    {
        T result = default!;
        Do(async () => result = await work());
        return result;
    }

    public void Wait(TimeSpan span) => Cluster.Wait(span);

    /// <summary>The process is killed and started again.</summary>
    public void Crash()
    {
        Node.IsGone = true;
        Cluster.Crash();
        Node = new TestNode("n1");
        Attach(Node);
    }

    public RegisterResult Register(string extension, string device, long cseq = 1, TimeSpan? granted = null, string node = "n1", string instance = "") => Get(() => User(extension).Register(
        new RegisterBindings([Binding(device, node) with { Granted = granted ?? TimeSpan.FromHours(1), Instance = instance }], [], false, "reg-" + device, cseq)));

    public static Binding Binding(string device, string node) =>
        new(device, $"sip:{device}@192.0.2.1", node, $"flow-{device}", [], "", 0, TimeSpan.FromHours(1), DateTimeOffset.MinValue, "phone");

    /// <summary>101 dials; the caller's leg is "caller".</summary>
    public void Start(string id, string dialled) => Do(() => Call(id).Start(new StartCall(
        new LegId("caller"), "n1", "acme", "101", "a101", dialled, new Media.EndpointId("n1", 1), [new Media.MediaCodec("PCMU", 8000)])));

    /// <summary>As an edge does, which passes on what comes with the answer.</summary>
    public bool Report(string id, LegEvent happened) => Get(async () =>
    {
        var answer = await Call(id).Report(happened);
        if (answer.News is { } news) await Cluster.Grains.GetGrain<IUserGrain>(news.UserKey).CallGoesOn(news.View);
        return answer.IsTaken;
    });

    public void Dispose() => Cluster.Dispose();

    private sealed class CallCounter : IIncomingGrainCallFilter
    {
        private int _calls;

        public int Calls => _calls;

        public Task Invoke(IIncomingGrainCallContext context)
        {
            Interlocked.Increment(ref _calls);
            return context.Invoke();
        }
    }
}

/// <summary>Grain storage that counts writes and can be away.</summary>
internal sealed class TestStorage : IGrainStorage
{
    private readonly IGrainStorage _memory = TestGrains.NewStorage();

    public int Writes { get; private set; }

    public bool IsAway { get; set; }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => _memory.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (IsAway) return Task.FromException(new IOException("The store is away."));
        Writes++;
        return _memory.WriteStateAsync(stateName, grainId, grainState);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => _memory.ClearStateAsync(stateName, grainId, grainState);
}
