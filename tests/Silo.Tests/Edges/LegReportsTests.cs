using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Hosting;
using Webphone.Grains;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Tenants;
using Webphone.Silo.Edges;
using Webphone.Silo.Tests.SipEdge;

namespace Webphone.Silo.Tests.Edges;

/// <summary>Reports of a leg whose call is near a node "far", at whose desk they are taken. No grain of that call is there.</summary>
public sealed class LegReportsTests : IAsyncDisposable
{
    private static readonly LegId Leg = new("c1-1");
    private static readonly LegAnswered Answered = new(Leg, new EndpointId("here", 1), new MediaCodec("PCMU", 8000));

    private readonly ServiceProvider _services;
    private readonly IGrainFactory _grains;
    private readonly EdgePost _post;
    private readonly ConcurrentQueue<ReportOutcome> _outcomes = new();

    public LegReportsTests()
    {
        var journal = new MemoryJournal();
        _services = new ServiceCollection()
            .AddSingleton<IDirectory>(new TestDirectory())
            .AddSingleton(new LocalNode("here"))
            .AddSingleton<NodeBook>()
            .AddSingleton<ICallJournal>(journal)
            .AddSingleton<IHistoryStore>(journal)
            .AddInProcessGrains(typeof(GrainServices).Assembly)
            .AddMemoryGrainStorage(GrainServices.Storage)
            .BuildServiceProvider();
        _grains = _services.GetRequiredService<IGrainFactory>();
        _post = new EdgePost(_grains, _services.GetRequiredService<NodeBook>(), TimeProvider.System, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task A_report_is_taken_at_the_desk_of_the_node_where_the_call_is()
    {
        var desk = await Open(_ => ReportAnswer.Taken);
        var reports = Reports();
        reports.Post(new LegRinging(Leg));
        reports.Post(Answered);
        await Eventually.True(() => desk.Taken.SequenceEqual([new LegRinging(Leg), Answered]));
        Assert.Empty(_outcomes);
    }

    [Fact]
    public async Task A_desk_that_fails_is_passed_over_and_the_call_asked_itself()
    {
        var desk = await Open(_ => throw new InvalidOperationException("The node is gone."));
        Reports().Post(new LegRinging(Leg));
        await Eventually.True(() => _outcomes.Contains(ReportOutcome.NotOwned));
        Assert.Single(desk.Taken);
    }

    [Fact]
    public async Task A_leg_that_another_call_has_is_not_reported_at_the_desk_of_the_first()
    {
        var desk = await Open(_ => ReportAnswer.Taken);
        var reports = Reports();
        reports.MoveTo("acme/c2");
        reports.Post(new LegRinging(Leg));
        await Eventually.True(() => _outcomes.Contains(ReportOutcome.NotOwned));
        Assert.Empty(desk.Taken);
    }

    [Fact]
    public async Task That_a_phone_rings_is_not_reported_to_who_waits_for_it_and_the_answer_says_that_it_rang()
    {
        var desk = await Open(_ => ReportAnswer.Taken);
        var reports = Reports();
        var rings = _post.Waits.Rings(Leg);
        reports.Post(new LegRinging(Leg));
        reports.Post(Answered);
        Assert.True(await rings);
        await Eventually.True(() => desk.Taken.SequenceEqual([Answered with { Rang = true }]));
    }

    [Fact]
    public async Task A_phone_that_answers_without_ringing_ends_the_wait_and_is_reported()
    {
        var desk = await Open(_ => ReportAnswer.Taken);
        var rings = _post.Waits.Rings(Leg);
        Reports().Post(Answered);
        Assert.False(await rings);
        await Eventually.True(() => desk.Taken.SequenceEqual([Answered]));
    }

    private LegReports Reports() => _post.ReportsOf(Leg, "acme/c1", "far", _outcomes.Enqueue);

    private async Task<Desk> Open(Func<LegEvent, ReportAnswer> answer)
    {
        var desk = new Desk(answer);
        await _grains.GetGrain<INodeGrain>("far").Attach(new NodeLinks(null!, null!, Desk: _grains.CreateObjectReference<ICallDesk>(desk)));
        return desk;
    }

    private sealed class Desk(Func<LegEvent, ReportAnswer> answer) : ICallDesk
    {
        public ConcurrentQueue<LegEvent> Taken { get; } = new();

        public Task<ReportAnswer> Report(string callKey, LegEvent legEvent)
        {
            Taken.Enqueue(legEvent);
            return Task.FromResult(answer(legEvent));
        }
    }
}
