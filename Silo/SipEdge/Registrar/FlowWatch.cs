using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Users;
using Webphone.Net.Sip;
using Webphone.Sip.Stack;

namespace Webphone.Silo.SipEdge.Registrar;

/// <summary>
/// Knows which users registered over which connection, and tells them when it is gone. A moment later: who reconnects at once has registered anew by then,
/// and when thousands of connections go together their users are told a few at a time.
/// </summary>
internal sealed partial class FlowWatch(SipNetwork network, Func<string, IUserGrain> userOf, string node, TimeProvider time, ILogger logger)
{
    private const int ToldAtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SipFlow, ConcurrentDictionary<string, bool>> _users = new();
    private readonly ConcurrentQueue<(string User, string Flow)> _lost = new();
    private int _telling;

    /// <summary>The user registered over the flow. A datagram flow cannot be lost.</summary>
    public void Watch(in SipFlow flow, string userKey)
    {
        if (flow.Connection == 0)
            return;
        _users.GetOrAdd(flow, static _ => new()).TryAdd(userKey, true);
        // It may have closed before it was watched.
        if (!network.IsOpen(flow))
            Closed(flow);
    }

    public void Closed(SipFlow flow)
    {
        if (!_users.TryRemove(flow, out var users))
            return;
        var text = network.Describe(flow);
        foreach (var (user, _) in users)
            _lost.Enqueue((user, text));
        if (Interlocked.Exchange(ref _telling, 1) == 0)
            _ = Tell();
    }

    private async Task Tell()
    {
        do
        {
            await Task.Delay(Patience, time);
            Volatile.Write(ref _telling, 0);
            var told = new List<Task>(ToldAtOnce);
            while (_lost.TryDequeue(out var lost))
            {
                told.Add(Tell(lost.User, lost.Flow));
                if (told.Count < ToldAtOnce)
                    continue;
                await Task.WhenAll(told);
                told.Clear();
            }
            await Task.WhenAll(told);
        }
        while (!_lost.IsEmpty && Interlocked.Exchange(ref _telling, 1) == 0);
    }

    private async Task Tell(string user, string flow)
    {
        try
        {
            await userOf(user).FlowLost(node, flow);
        }
        // The edge of telling: the binding then ends by its time, and calls to it fail at once because the flow is gone.
        catch (Exception failure)
        {
            LogNotTold(logger, failure, user);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{User} was not told that a flow is gone")]
    private static partial void LogNotTold(ILogger logger, Exception failure, string user);
}
