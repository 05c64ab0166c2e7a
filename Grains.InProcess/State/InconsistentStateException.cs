using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Somebody else wrote the state since it was read. An activation that lets it escape from a call is deactivated.</summary>
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException() { }
    public InconsistentStateException(string message) : base(message) { }
    public InconsistentStateException(string message, Exception? innerException) : base(message, innerException!) { }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
        : base($"{errorMsg} (stored etag {storedEtag ?? "none"}, current etag {currentEtag ?? "none"})", storageException!)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag) : this(errorMsg, storedEtag, currentEtag, null) { }

    public InconsistentStateException(string? storedEtag, string? currentEtag, Exception storageException)
        : this(storageException.Message, storedEtag, currentEtag, storageException) { }

    public string? StoredEtag { get; }
    public string? CurrentEtag { get; }

    /// <summary>The activation whose own state it was; callers that the exception passes through stay.</summary>
    internal IGrainContext? ReadBy { get; set; }
}
