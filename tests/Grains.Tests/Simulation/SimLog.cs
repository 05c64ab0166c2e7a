using Microsoft.Extensions.Logging;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>Nothing may be logged as our own fault but what the faults explain.</summary>
internal sealed class SimLog(SimWorld world) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Warning) return;
        if (logLevel == LogLevel.Critical || exception is not null && !world.IsOfTheNetwork(exception))
            throw world.Cluster.Failure($"{logLevel}: {formatter(state, exception)}", exception);
    }

    public void Dispose()
    {
    }
}
