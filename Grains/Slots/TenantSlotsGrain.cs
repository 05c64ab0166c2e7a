using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Slots;

/// <summary>The park board of one tenant: keeps who is where, and tells those who watch.</summary>
public sealed partial class TenantSlotsGrain : Grain, ITenantSlotsGrain
{
    /// <summary>How long slots that come back wait for the calls of those who are in them.</summary>
    private static readonly TimeSpan LooksFor = TimeSpan.FromSeconds(2);

    private readonly IPersistentState<SlotsState> _slots;
    private readonly IDirectory _directory;
    private readonly TimeProvider _time;
    private readonly ILogger<TenantSlotsGrain> _log;
    private readonly StateWriter<SlotsState> _writer;
    private readonly Watchers<ISlotWatcher> _watchers;
    private IGrainTimer? _sweep;

    public TenantSlotsGrain(
        [PersistentState("slots", GrainServices.Storage)] IPersistentState<SlotsState> slots, IDirectory directory, TimeProvider time, ILogger<TenantSlotsGrain> log)
    {
        _slots = slots;
        _directory = directory;
        _time = time;
        _log = log;
        _writer = new StateWriter<SlotsState>(slots, DeactivateOnIdle, time, log);
        _watchers = new Watchers<ISlotWatcher>(WatchLease.Duration, time, log);
    }

    private string Tenant => this.GetPrimaryKeyString();

    private SlotsState State
    {
        get => _slots.State;
        set => _slots.State = value;
    }

    private ImmutableArray<string> Slots => _directory.FindTenant(Tenant)?.Features.ParkSlots ?? [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        State ??= new SlotsState();
        var stay = await Task.WhenAll(State.Taken.Select(IsStillThere));
        var now = _time.GetUtcNow();
        State = State with { Taken = [.. State.Taken.Where((_, index) => stay[index]).Select(taken => taken with { SeenAt = now })] };
        WatchOverCalls();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _writer.Flush(cancellationToken);

    public Task<ParkAnswer> Park(ParkParty request)
    {
        var (state, answer) = SlotRules.Park(State, request, Slots, _time.GetUtcNow());
        Enter(state);
        return Task.FromResult(answer);
    }

    public Task Free(string slot, string callKey)
    {
        Enter(SlotRules.Free(State, slot, callKey, _time.GetUtcNow()));
        return Task.CompletedTask;
    }

    public Task<ParkedParty?> Find(string slot) => Task.FromResult(State.Find(slot)?.Party);

    public Task<SlotsView> GetView() => Task.FromResult(View());

    public Task<SlotsView> Watch(ISlotWatcher watcher)
    {
        _watchers.Watch(watcher);
        return Task.FromResult(View());
    }

    public Task Unwatch(ISlotWatcher watcher)
    {
        _watchers.Unwatch(watcher);
        return Task.CompletedTask;
    }

    private void Enter(SlotsState state)
    {
        var changed = state.Version != State.Version;
        State = state;
        if (!changed) return;
        _writer.Changed();
        WatchOverCalls();
        var (tenant, view) = (Tenant, View());
        _watchers.Tell(watcher => watcher.SlotsChanged(tenant, view));
    }

    /// <summary>Looks for parties whose calls are gone without a word, as long as anybody is parked.</summary>
    private void WatchOverCalls()
    {
        if (State.Taken.IsEmpty)
        {
            _sweep?.Dispose();
            _sweep = null;
            return;
        }

        _sweep ??= this.RegisterGrainTimer(
            static (slots, _) =>
            {
                slots.Enter(SlotRules.WithoutGone(slots.State, slots._time.GetUtcNow()));
                return Task.CompletedTask;
            },
            this,
            new GrainTimerCreationOptions(CallMachine.SweepEvery, CallMachine.SweepEvery) { KeepAlive = true });
    }

    private SlotsView View() => new(State.Version, [.. Slots.Select(slot => new SlotView(slot, State.Find(slot)?.Party))]);

    private async Task<bool> IsStillThere(TakenSlot taken)
    {
        try
        {
            var view = await GrainFactory.GetGrain<ICallGrain>(taken.Party.CallKey).GetView().WaitAsync(LooksFor, _time);
            return view?.Slot == taken.Slot;
        }
        catch (Exception error)
        {
            LogNoAnswer(_log, taken.Party.CallKey, error);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey}: does not say whether its party is parked")]
    private static partial void LogNoAnswer(ILogger log, string callKey, Exception error);
}
