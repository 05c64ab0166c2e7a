using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Webphone.WebFrontend.Hub;

/// <summary>Measures what a connection asks of the hub: too much is refused and counted, and who goes on regardless is cut off.</summary>
internal sealed partial class HubGuard(HubDirectory directory, ILogger<HubGuard> logger) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext context, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var connection = directory.Find(context.Context.ConnectionId) ?? throw Refuse(null, "not-connected");
        if (!connection.Calls.TryTake())
            throw Refuse(connection, "too-many-hub-calls");
        if (connection.Session is null && context.HubMethodName != nameof(PhoneHub.Attach))
            throw Refuse(connection, "not-attached");
        try
        {
            return await next(context);
        }
        catch (RefusedException refusal)
        {
            throw Refuse(connection, refusal.Reason);
        }
    }

    private HubException Refuse(HubConnection? connection, string reason)
    {
        WebMeter.Refused(reason);
        if (connection?.Refused() == true)
        {
            LogCutOff(connection.UserKey, reason);
            connection.Abort();
        }
        return new HubException(reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A browser of {UserKey} is cut off: {Reason}, again and again")]
    private partial void LogCutOff(string userKey, string reason);
}

/// <summary>What a client asked makes no sense or is not its to ask.</summary>
/// <param name="reason">For the client and for the count.</param>
internal sealed class RefusedException(string reason) : Exception(reason)
{
    public string Reason => Message;
}
