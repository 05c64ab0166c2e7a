namespace Webphone.Silo.Settings;

/// <summary>A start that was refused: what is wrong and what it should be, in one line a person can act on.</summary>
/// <param name="ExitCode">What the process ends with.</param>
internal sealed class StartRefusedException(string message, StartExitCode exitCode, Exception? inner = null) : Exception(message, inner)
{
    public StartExitCode ExitCode { get; } = exitCode;
}

/// <summary>How the process ends.</summary>
internal enum StartExitCode
{
    Stopped = 0,

    /// <summary>Something failed that nobody foresaw.</summary>
    Failed = 1,

    /// <summary>A setting or a file that it names is wrong.</summary>
    BadSettings = 2,

    /// <summary>A port, the data folder or the node's name is in use, or the store is away.</summary>
    Unavailable = 3,
}
