using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.InProcess;

internal static partial class SiloLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "One-way call {Method} to {Grain} failed")]
    public static partial void OneWayCallFailed(this ILogger logger, string method, GrainId grain, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Grain {Grain} failed to activate")]
    public static partial void ActivationFailed(this ILogger logger, GrainId grain, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Grain {Grain} failed to deactivate cleanly")]
    public static partial void DeactivationFailed(this ILogger logger, GrainId grain, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reminder {Reminder} of {Grain} failed")]
    public static partial void ReminderFailed(this ILogger logger, string reminder, GrainId grain, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} activations were still there when the silo stopped")]
    public static partial void ActivationsLeft(this ILogger logger, int count);
}
