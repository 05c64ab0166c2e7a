using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.InProcess;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>The state that a grain's constructor asked for; read as a stage of the activation's start.</summary>
internal sealed class PersistentState<TState> : IPersistentState<TState>, ILifecycleObserver
{
    private readonly Activation _activation;
    private readonly string _name;
    private readonly IGrainStorage _storage;
    private readonly GrainState<TState> _state = new(Fresh());

    public PersistentState(Activation activation, string name, string? storageName)
    {
        (_activation, _name) = (activation, name);
        _storage = activation.Silo.Services.GetKeyedService<IGrainStorage>(storageName ?? "Default")
            ?? (storageName is null ? activation.Silo.Services.GetService<IGrainStorage>() : null)
            ?? throw new OrleansConfigurationException($"{activation.Class.Type} asks for the grain storage '{storageName ?? "Default"}', which is not registered.");
        activation.Lifecycle.Subscribe(name, GrainLifecycleStage.SetupState, this);
    }

    public TState State
    {
        get => _state.State!;
        set => _state.State = value;
    }

    public string? Etag => _state.ETag;
    public bool RecordExists => _state.RecordExists;

    public Task OnStart(CancellationToken cancellationToken = default) => ReadStateAsync();
    public Task OnStop(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task ReadStateAsync()
    {
        await Guarded(_storage.ReadStateAsync(_name, _activation.GrainId, _state));
        _state.State ??= Fresh();
    }

    public Task WriteStateAsync() => Guarded(_storage.WriteStateAsync(_name, _activation.GrainId, _state));

    public async Task ClearStateAsync()
    {
        await Guarded(_storage.ClearStateAsync(_name, _activation.GrainId, _state));
        _state.State ??= Fresh();
    }

    private static TState Fresh()
    {
        if (typeof(TState).IsValueType || typeof(TState) == typeof(string) || typeof(TState).IsArray)
            return default!;
        return typeof(TState).GetConstructor([]) is null
            ? (TState)RuntimeHelpers.GetUninitializedObject(typeof(TState))
            : Activator.CreateInstance<TState>();
    }

    private async Task Guarded(Task operation)
    {
        try
        {
            await operation;
        }
        catch (InconsistentStateException stale)
        {
            stale.ReadBy ??= _activation;
            throw;
        }
    }
}
