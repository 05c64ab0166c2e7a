using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Tests.Simulation;

internal enum SimLegState
{
    Waiting,
    Ringing,
    Answered,
    Over,
}

/// <summary>A leg as its edge holds it. What happens to it is reported in order, again until the call took it or does not know the leg.</summary>
internal sealed class SimLeg(SimWorld world, SimNode node, LegId id, string callKey, string extension, bool isCaller)
{
    private const int ReportAttempts = 8;
    private const int MaxDenials = 4;

    private readonly Queue<LegEvent> _reports = [];
    private TaskCompletionSource<bool>? _ringsSoon;
    private bool _rangSoon;
    private bool _reporting;
    private DateTimeOffset _lastReport = world.Now;

    public LegId Id => id;

    public SimNode Node => node;

    /// <summary>The call that has it now.</summary>
    public string CallKey { get; set; } = callKey;

    public string Extension => extension;

    /// <summary>The node where its call is, as it was told when it was rung.</summary>
    public string? Near { get; set; }

    public bool IsCaller => isCaller;

    public EndpointId Endpoint { get; init; }

    /// <summary>The end of a link that waits for its answer on the caller's node.</summary>
    public LinkEnd? Waiting { get; init; }

    public SimLegState State { get; private set; }

    public bool IsAlive => State != SimLegState.Over;

    public bool HearsRinging { get; set; }

    public bool Holding { get; private set; }

    public DateTimeOffset Since { get; } = world.Now;

    public DateTimeOffset? AnsweredAt { get; private set; }

    public DateTimeOffset? OverAt { get; private set; }

    public CallEnd End { get; private set; }

    /// <summary>It was told to end, and did not end by itself.</summary>
    public bool ByUs { get; private set; }

    /// <summary>Whether it rings while its edge waits for that; then it is not reported.</summary>
    public async Task<bool> RingsSoon()
    {
        var soon = _ringsSoon = new TaskCompletionSource<bool>();
        await Task.WhenAny(soon.Task, node.Delay(EdgeLimits.RingPatience));
        soon.TrySetResult(false);
        return await soon.Task;
    }

    public void Rings()
    {
        if (State != SimLegState.Waiting) return;
        State = SimLegState.Ringing;
        _rangSoon = _ringsSoon?.TrySetResult(true) == true;
        if (_rangSoon) world.Count("rings at once");
        else Report(new LegRinging(id));
    }

    /// <summary>Its user picks up.</summary>
    public void Answer()
    {
        if (isCaller || State is not (SimLegState.Waiting or SimLegState.Ringing)) return;
        State = SimLegState.Answered;
        AnsweredAt = world.Now;
        Report(new LegAnswered(id, Endpoint, SimWorld.Codec, Waiting is { } waiting ? world.Media.OpenLink(Endpoint, waiting).End : null, _rangSoon));
    }

    public void AnsweredByUs()
    {
        if (State != SimLegState.Waiting) return;
        State = SimLegState.Answered;
        AnsweredAt = world.Now;
    }

    /// <summary>Its user hangs up, cancels or refuses, or the edge has found it dead.</summary>
    public void Leave(CallEnd end)
    {
        if (!IsAlive) return;
        Over(end);
        Report(new LegEnded(id, end));
    }

    public void EndedByUs(CallEnd reason)
    {
        if (!IsAlive) return;
        _ringsSoon?.TrySetResult(false);
        ByUs = true;
        Over(reason);
        node.Remove(this);
        _reports.Clear();
    }

    /// <summary>Its edge dies.</summary>
    public void Vanish()
    {
        if (IsAlive) Over(CallEnd.EdgeLost);
        node.Remove(this);
        _reports.Clear();
    }

    public void ToggleHold()
    {
        if (State != SimLegState.Answered) return;
        Holding = !Holding;
        Report(Holding ? new LegHeld(id) : new LegResumed(id));
    }

    public void Hear(TransferNews news) => world.Told(news);

    /// <summary>Its user sends the other party to somebody, or to the far side of another of their calls.</summary>
    public void Send(TransferRequest request) => _ = world.Start(async () => await world.Try(() => node.CallOf(CallKey).Transfer(request)));

    /// <summary>Its user wants something of the recording of their side, by keys or by a button.</summary>
    public void Record(RecordingAct act, bool byKeys)
    {
        if (State != SimLegState.Answered) return;
        if (!byKeys)
        {
            _ = world.Start(async () => await world.Try(() => node.CallOf(CallKey).Record(extension, act)));
            return;
        }

        Press('*');
        Press('3');
    }

    public void Press(char digit) => Report(new LegDigit(id, digit));

    public void Report(LegEvent news)
    {
        _lastReport = world.Now;
        _ringsSoon?.TrySetResult(false);
        _reports.Enqueue(news);
        if (_reporting) return;
        _reporting = true;
        _ = world.Start(SendReports);
    }

    /// <summary>Says that it is still here whenever there was nothing else to say.</summary>
    public async Task Beat()
    {
        while (IsAlive)
        {
            await node.Delay(EdgeLimits.AliveEvery);
            if (IsAlive && world.Now - _lastReport >= EdgeLimits.AliveEvery) Report(new LegAlive(id));
        }
    }

    private async Task SendReports()
    {
        while (_reports.TryPeek(out var news))
        {
            var taken = await Send(news);
            if (_reports.Count > 0) _reports.Dequeue();
            if (news is LegEnded) node.Remove(this);
            else if (!taken) EndedByUs(CallEnd.Failed);
        }

        _reporting = false;
    }

    private async Task<bool> Send(LegEvent news)
    {
        var denials = 0;
        for (var attempt = 0; attempt < ReportAttempts && !node.IsDead; attempt++)
        {
            var owner = CallKey;
            var answer = await world.Try(() => attempt == 0 && Near is { } near ? ReportNear(near, news) : node.CallOf(owner).Report(news));
            if (answer?.News is { } told) await world.Try(() => node.UserOf(told).CallGoesOn(told.View));
            if (answer is { IsTaken: true }) return true;
            if (answer is not null && owner == CallKey && ++denials > MaxDenials) return false;
            await node.Delay(TimeSpan.FromSeconds(answer is null ? 1 : 0.25));
        }

        return false;
    }

    private async Task<ReportAnswer> ReportNear(string near, LegEvent news)
    {
        world.Count("reported near");
        return await (await node.DeskOf(near) is { } desk ? desk.Report(CallKey, news) : node.CallOf(CallKey).Report(news));
    }

    private void Over(CallEnd end)
    {
        world.Demand(IsAlive, $"leg {id} ends twice");
        State = SimLegState.Over;
        End = end;
        OverAt = world.Now;
        world.Media.Release(Endpoint);
        world.Recorder.Released(Endpoint);
        world.LegOver(this);
    }
}
