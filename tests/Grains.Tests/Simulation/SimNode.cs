using System.Collections.Immutable;
using Orleans.Simulation;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Nodes;
using Webphone.Grains.Recordings;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>
/// One node: its edge and its media engine, which keep the rules that real ones keep. When it dies its legs are gone without a word.
/// </summary>
internal sealed class SimNode(SimWorld world, SimulatedSilo silo, string name) : IEdge, IMediaNode, IRecorder, ICallDesk
{
    private readonly Dictionary<LegId, SimLeg> _legs = [];
    private readonly HashSet<LegId> _gone = [];
    private NodeLinks? _links;

    public string Name => name;

    public SimulatedSilo Silo => silo;

    public bool IsDead { get; private set; }

    /// <summary>It was announced, and so receives: before that no phone reaches it.</summary>
    public bool Serves { get; private set; }

    public IReadOnlyCollection<SimLeg> Legs => _legs.Values;

    /// <summary>Announces itself as long as it lives, as its host does.</summary>
    public async Task Live()
    {
        _links = new NodeLinks(
            silo.Grains.CreateObjectReference<IEdge>(this),
            silo.Grains.CreateObjectReference<IMediaNode>(this),
            Recorder: silo.Grains.CreateObjectReference<IRecorder>(this),
            Desk: silo.Grains.CreateObjectReference<ICallDesk>(this));
        var grain = silo.Grains.GetGrain<INodeGrain>(name);
        while (!IsDead)
        {
            var attached = await world.Try(() => grain.Attach(_links));
            if (attached is false)
            {
                await world.Try(grain.TakeHome);
                attached = await world.Try(() => grain.Attach(_links));
            }

            Serves |= attached is not null;

            await Delay(NodeLease.RenewEvery);
        }
    }

    /// <summary>Lets time pass, and more of it while the process stands still.</summary>
    public async Task Delay(TimeSpan span)
    {
        await world.Delay(span);
        while (silo.State == SimulatedSiloState.Paused) await world.Delay(TimeSpan.FromSeconds(0.1));
    }

    public ICallGrain CallOf(string callKey) => silo.Grains.GetGrain<ICallGrain>(callKey);

    public IUserGrain UserOf(UserNews news) => silo.Grains.GetGrain<IUserGrain>(news.UserKey);

    /// <summary>The desk of another node, where it can be found.</summary>
    public async Task<ICallDesk?> DeskOf(string node) => (await silo.Grains.GetGrain<INodeGrain>(node).Resolve())?.Desk;

    public Task<ReportAnswer> Report(string callKey, LegEvent legEvent) => CallOf(callKey).Report(legEvent);

    public void Die(bool withProcess)
    {
        IsDead = true;
        Serves = false;
        foreach (var leg in _legs.Values.ToArray()) leg.Vanish();
        world.Media.LoseMixes(name);
        if (withProcess) return;
        if (_links is null) return;
        world.Cluster.KillObserver(_links.Edge);
        world.Cluster.KillObserver(_links.Media);
        world.Cluster.KillObserver(_links.Recorder!);
        world.Cluster.KillObserver(_links.Desk!);
    }

    public SimLeg Add(LegId id, string callKey, string extension, bool isCaller, LinkEnd? waiting = null, string? near = null)
    {
        var leg = new SimLeg(world, this, id, callKey, extension, isCaller) { Near = near, Endpoint = world.Media.Make(name), Waiting = waiting };
        _legs.Add(id, leg);
        world.LegMade(leg);
        return leg;
    }

    public void Remove(SimLeg leg)
    {
        _legs.Remove(leg.Id);
        _gone.Add(leg.Id);
    }

    public async Task<RingAnswer> Ring(RingLeg command)
    {
        if (command.News is { } news) await UserOf(news).CallGoesOn(news.View);
        if (_legs.ContainsKey(command.Leg)) return RingAnswer.Called;
        if (_gone.Contains(command.Leg) || !SimWorld.IsReachable(command.Binding)) return RingAnswer.NoWay;
        if (command.Reason is RingReason.Switch or RingReason.HoldRecall) world.Touch(command.CallKey);
        if (command.Reason == RingReason.Conference) world.Count("called in");
        if (command.Reason == RingReason.HoldRecall) world.Count("hold recall");
        var leg = Add(command.Leg, command.CallKey, command.Extension, isCaller: false, command.Link, command.Near);
        var rings = leg.RingsSoon();
        _ = world.Start(() => world.Rung is { } rung ? rung(leg) : SimPerson.IsRung(world, leg));
        return await rings ? RingAnswer.Rings : RingAnswer.Called;
    }

    public Task ShowRinging(LegId leg)
    {
        if (_legs.TryGetValue(leg, out var found)) found.HearsRinging = true;
        return Task.CompletedTask;
    }

    public Task Answer(LegId leg, MediaCodec? codec, Party connected)
    {
        if (_legs.TryGetValue(leg, out var found)) found.AnsweredByUs();
        return Task.CompletedTask;
    }

    public async Task<bool> End(LegId leg, CallEnd reason, UserNews? news)
    {
        if (_legs.TryGetValue(leg, out var found)) found.EndedByUs(reason);
        else _gone.Add(leg);
        if (news is null) return true;
        try
        {
            await UserOf(news).CallChanged(news.View);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    public Task Move(LegId leg, string callKey, Party other)
    {
        world.Touch(callKey);
        // One that has ended in this instant was moved all the same.
        if (world.Calls.FirstOrDefault(call => call.Caller.Id == leg) is { } begun) begun.Moved = true;
        if (!_legs.TryGetValue(leg, out var held)) return Task.CompletedTask;
        world.Touch(held.CallKey);
        held.CallKey = callKey;
        held.Near = null;
        return Task.CompletedTask;
    }

    public Task TransferChanged(LegId leg, TransferNews news)
    {
        if (_legs.TryGetValue(leg, out var held)) held.Hear(news);
        return Task.CompletedTask;
    }

    public Task<LegId[]> StillHeld(string callKey, LegId[] legs) =>
        Task.FromResult(legs.Where(leg => _legs.TryGetValue(leg, out var held) && held.CallKey == callKey).ToArray());

    public Task Connect(EndpointId first, EndpointId second)
    {
        world.Media.Connect(first, second);
        return Task.CompletedTask;
    }

    public Task<LinkAnswer> OpenLink(EndpointId endpoint, LinkEnd? other) => Task.FromResult(world.Media.OpenLink(endpoint, other));

    public Task CompleteLink(EndpointId endpoint, LinkEnd own, LinkEnd other)
    {
        world.Media.CompleteLink(endpoint, own, other);
        return Task.CompletedTask;
    }

    public Task<LinkEnd?> PrepareLink(EndpointId endpoint) => Task.FromResult(world.Media.PrepareLink(endpoint));

    public Task<bool> JoinPrepared(EndpointId endpoint, LinkEnd own, LinkEnd other) => Task.FromResult(world.Media.JoinPrepared(endpoint, own, other));

    public Task Disconnect(EndpointId endpoint)
    {
        world.Media.Disconnect(endpoint);
        return Task.CompletedTask;
    }

    public Task Play(EndpointId endpoint, MediaSource source)
    {
        world.Media.Play(endpoint, source);
        if (source.Kind == MediaSourceKind.Tone && _legs.Values.FirstOrDefault(leg => leg.Endpoint == endpoint) is { } leg)
            _ = world.Start(() => Played(leg, source));
        return Task.CompletedTask;
    }

    public Task Echo(EndpointId endpoint)
    {
        world.Media.Echo(endpoint);
        return Task.CompletedTask;
    }

    public Task JoinMix(string mix, EndpointId endpoint)
    {
        world.Media.JoinMix(MixOf(mix), endpoint);
        return Task.CompletedTask;
    }

    public Task<LinkAnswer> OpenMixLink(string mix, EndpointId endpoint) => Task.FromResult(world.Media.OpenMixLink(MixOf(mix), endpoint));

    public Task CompleteMixLink(string mix, EndpointId endpoint, LinkEnd own, LinkEnd other)
    {
        world.Media.CompleteMixLink(MixOf(mix), endpoint, own, other);
        return Task.CompletedTask;
    }

    public Task LeaveMix(string mix, EndpointId endpoint)
    {
        world.Media.KeepInMix(MixOf(mix), member => member != endpoint);
        return Task.CompletedTask;
    }

    public Task MuteInMix(string mix, ImmutableArray<EndpointId> muted) => Task.CompletedTask;

    public Task KeepInMix(string mix, ImmutableArray<EndpointId> members)
    {
        world.Media.KeepInMix(MixOf(mix), members.Contains);
        return Task.CompletedTask;
    }

    public Task PlayToMix(string mix, MediaSource source) => Task.CompletedTask;

    public Task<bool> Record(EndpointId endpoint, RecordingOrder order, bool paused) => Task.FromResult(world.Recorder.Record(endpoint, order, paused));

    public Task Pause(EndpointId endpoint, string id, bool paused)
    {
        world.Recorder.Pause(endpoint, id, paused);
        return Task.CompletedTask;
    }

    public Task Stop(EndpointId endpoint, string id)
    {
        world.Recorder.Stop(endpoint, id);
        return Task.CompletedTask;
    }

    public Task Cue(EndpointId endpoint, ProgressTone tone) => Task.CompletedTask;

    public Task<byte[]?> Read(RecordingFile file, long offset, int count) => Task.FromResult<byte[]?>(null);

    public Task<byte[]?> ReadPeaks(RecordingFile file, int most) => Task.FromResult<byte[]?>(null);

    public Task Delete(RecordingFile file) => Task.CompletedTask;

    /// <summary>A node that comes back has none of the mixes that it had.</summary>
    private string MixOf(string mix)
    {
        var here = $"{mix} on {name}";
        world.Media.HeardOf(here, world.Now);
        return here;
    }

    private async Task Played(SimLeg leg, MediaSource source)
    {
        await Delay(TimeSpan.FromMilliseconds(400));
        if (leg.IsAlive && world.Media.Of(leg.Endpoint)?.Source == source) leg.Report(new LegPlaybackFinished(leg.Id));
    }
}
