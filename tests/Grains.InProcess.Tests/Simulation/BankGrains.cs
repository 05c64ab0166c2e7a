using Orleans.Runtime;

namespace Webphone.Grains.InProcess.Tests.Simulation;

/// <summary>A small subject for simulations: accounts that pay each other through a teller, by persisted state.</summary>
public interface IAccountGrain : IGrainWithStringKey
{
    Task Deposit(string payment, int amount);
    Task<int> Balance();
}

public interface ITellerGrain : IGrainWithStringKey
{
    Task Pay(string from, string to, string payment, int amount);
    Task Watch(IBankWatcher watcher);
}

public interface IBankWatcher : IGrainObserver
{
    Task Paid(string payment);
}

public sealed class AccountState
{
    public Dictionary<string, int> Payments { get; set; } = [];
}

public sealed class AccountGrain([PersistentState("account", "bank")] IPersistentState<AccountState> state) : Grain, IAccountGrain
{
    public async Task Deposit(string payment, int amount)
    {
        if (!state.State.Payments.TryAdd(payment, amount))
            return;
        await state.WriteStateAsync();
    }

    public Task<int> Balance() => Task.FromResult(state.State.Payments.Values.Sum());
}

public sealed class TellerGrain : Grain, ITellerGrain
{
    private IBankWatcher? _watcher;

    public async Task Pay(string from, string to, string payment, int amount)
    {
        await GrainFactory.GetGrain<IAccountGrain>(from).Deposit($"{payment}-out", -amount);
        await GrainFactory.GetGrain<IAccountGrain>(to).Deposit($"{payment}-in", amount);
        if (_watcher is not null)
            await _watcher.Paid(payment);
    }

    public Task Watch(IBankWatcher watcher)
    {
        _watcher = watcher;
        return Task.CompletedTask;
    }
}
