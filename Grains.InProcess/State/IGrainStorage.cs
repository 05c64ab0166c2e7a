using Orleans.Runtime;

namespace Orleans
{
    public interface IGrainState<T>
    {
        T? State { get; set; }
        string? ETag { get; set; }
        bool RecordExists { get; set; }
    }

    public sealed class GrainState<T>(T? state, string? eTag) : IGrainState<T>
    {
        public GrainState() : this(default, null) { }
        public GrainState(T? state) : this(state, null) { }

        public T? State { get; set; } = state;
        public string? ETag { get; set; } = eTag;
        public bool RecordExists { get; set; }
    }
}

namespace Orleans.Storage
{
    /// <summary>
    /// Keeps grain state. Each method sets the state's etag and existence to what storage then holds. A write or clear whose etag is
    /// not storage's throws <see cref="InconsistentStateException"/> and changes nothing. Called in the grain's turn: must not block.
    /// </summary>
    public interface IGrainStorage
    {
        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
    }
}
