namespace Orleans.Runtime;

/// <summary>The base of what the runtime itself throws.</summary>
public class OrleansException : Exception
{
    public OrleansException() : base("Unexpected error.") { }
    public OrleansException(string message) : base(message) { }
    public OrleansException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The silo does not take calls.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    public OrleansMessageRejectionException(string message) : base(message) { }
    public OrleansMessageRejectionException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The silo is stopping, or stopped before it answered.</summary>
public sealed class SiloUnavailableException : OrleansMessageRejectionException
{
    public SiloUnavailableException() : base("SiloUnavailable") { }
    public SiloUnavailableException(string message) : base(message) { }
    public SiloUnavailableException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The observer that a call was for is deleted, collected or belonged to a process that ended.</summary>
public sealed class ClientNotAvailableException(string message) : OrleansException(message);

/// <summary>Too many requests wait for one activation.</summary>
public sealed class LimitExceededException : OrleansException
{
    public LimitExceededException() : base("Limit exceeded") { }
    public LimitExceededException(string message) : base(message) { }
    public LimitExceededException(string message, Exception innerException) : base(message, innerException) { }

    public LimitExceededException(string limitName, int current, int threshold, object extraInfo)
        : base($"Limit exceeded {limitName} Current={current} Threshold={threshold} {extraInfo}") { }
}

/// <summary>A reminder could not be removed.</summary>
public sealed class ReminderException(string message) : OrleansException(message);

/// <summary>The configuration is refused at start.</summary>
public sealed class OrleansConfigurationException(string message) : Exception(message);
