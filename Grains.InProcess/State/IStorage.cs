using Orleans.Core;

namespace Orleans.Core
{
    public interface IStorage
    {
        /// <summary>The version that storage had when last read or written; null if it held none.</summary>
        string? Etag { get; }

        bool RecordExists { get; }

        Task ClearStateAsync();

        /// <summary>Writes the state if storage still has <see cref="Etag"/>, or throws <see cref="Orleans.Storage.InconsistentStateException"/>.</summary>
        Task WriteStateAsync();

        Task ReadStateAsync();

        Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();
        Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();
        Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
    }

    public interface IStorage<TState> : IStorage
    {
        TState State { get; set; }
    }
}

namespace Orleans.Runtime
{
    /// <summary>State that is read when its grain activates, before <see cref="Grain.OnActivateAsync"/>.</summary>
    public interface IPersistentState<TState> : IStorage<TState>;

    /// <summary>Asks for an <see cref="IPersistentState{TState}"/> of that name, kept in the grain storage of that name.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
    {
        public string StateName { get; } = stateName;
        public string? StorageName { get; } = storageName;
    }
}
