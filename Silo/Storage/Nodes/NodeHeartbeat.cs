using Microsoft.Extensions.Logging;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Storage.Nodes;

/// <summary>Writes down every second that this node lives, so that after a crash it is known until when calls were on.</summary>
internal sealed partial class NodeHeartbeat(GroupCommitWriter writer, string node, TimeProvider time, ILogger<NodeHeartbeat> logger) : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A node that did not write for so long is taken for dead by those who look after its calls. Nodes' clocks must agree better than that.</summary>
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(6);

    private const string Upsert = "INSERT INTO node (name, alive_us) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET alive_us = excluded.alive_us";

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    private long _lastBeatTicks = time.GetUtcNow().UtcTicks;

    public string Node => node;

    /// <summary>When the store last took a beat; at first, when this was made.</summary>
    public DateTimeOffset LastBeat => new(Interlocked.Read(ref _lastBeatTicks), TimeSpan.Zero);

    public void Start() => _loop = Task.Run(Run);

    /// <summary>Says that the node lives now; whoever writes anyway may send it along.</summary>
    public SqlStatement ToStatement() => new(Upsert, node, StoredTime.ToMicroseconds(time.GetUtcNow()));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
    }

    private async Task Run()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await Beat();
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node ends in good order.
        }
    }

    private async Task Beat()
    {
        try
        {
            await writer.Execute(ToStatement());
            Interlocked.Exchange(ref _lastBeatTicks, time.GetUtcNow().UtcTicks);
        }
        catch (Exception error)
        {
            // The loop's edge: a store that is away must not end the heartbeat.
            LogMissed(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The heartbeat could not be written: {Reason}")]
    private partial void LogMissed(string reason);
}
