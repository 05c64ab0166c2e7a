using System.Collections.Immutable;
using System.Data.Common;
using System.Diagnostics.Metrics;
using Dapper;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.GrainState;
using Webphone.Silo.Storage.Nodes;

namespace Webphone.Silo.Storage.Calls;

/// <summary>
/// Writes calls down in batches, at most <see cref="Delay"/> after they changed. While the store is away records wait in memory, up
/// to <see cref="MostWaiting"/>, and are tried again.
/// </summary>
internal sealed partial class CallJournal : ICallJournal, IAsyncDisposable
{
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);
    public const int MostWaiting = 20_000;
    private const int MostInBatch = 500;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private readonly IDatabase _database;
    private readonly GroupCommitWriter _writer;
    private readonly NodeHeartbeat _heartbeat;
    private readonly TimeProvider _time;
    private readonly ILogger<CallJournal> _logger;
    private readonly UnwrittenCalls _calls = new(MostWaiting);
    private readonly SemaphoreSlim _changed = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Counter<long> _written;
    private readonly Counter<long> _lost;
    private Task _loop = Task.CompletedTask;
    private int _signalled;
    private bool _isAlone;

    public CallJournal(IDatabase database, GroupCommitWriter writer, NodeHeartbeat heartbeat, SiloMetrics metrics, TimeProvider time, ILogger<CallJournal> logger)
    {
        _database = database;
        _writer = writer;
        _heartbeat = heartbeat;
        _time = time;
        _logger = logger;
        _written = metrics.Meter.CreateCounter<long>("webphone.journal.written", description: "Call records written to the store");
        _lost = metrics.Meter.CreateCounter<long>("webphone.journal.lost", description: "Call records given up, because the store was away too long or refused them");
        metrics.Meter.CreateObservableGauge("webphone.journal.waiting", () => Waiting, description: "Call records that wait for the store");
        metrics.Meter.CreateObservableGauge("webphone.calls.live", () => _calls.Live, description: "Calls that are on");
    }

    /// <summary>Records that the store does not have yet.</summary>
    public int Waiting => _calls.Waiting;

    /// <param name="isAlone">The store has no live calls but those that are appended here.</param>
    public void Start(bool isAlone = false)
    {
        _isAlone = isAlone;
        _loop = Task.Run(Run);
    }

    public void Append(CallRecord record)
    {
        if (!_calls.Add(record))
        {
            _lost.Add(1);
            LogOverflow(MostWaiting);
        }

        if (Interlocked.Exchange(ref _signalled, 1) == 0) _changed.Release();
    }

    public async ValueTask<CallRecord?> Read(string callKey)
    {
        if (_isAlone) return OnlyLive(_calls.Find(callKey));
        var unwritten = _calls.FindUnwritten(callKey);
        var stored = unwritten is null ? await ReadStored(callKey) : await TryReadStored(callKey);
        // Another node may have had the call in between.
        return unwritten is not null && (stored is null || stored.State.Epoch <= unwritten.State.Epoch) ? OnlyLive(unwritten) : stored;
    }

    public async Task Leave(string callKey, CancellationToken giveUp)
    {
        if (_isAlone) return;
        try
        {
            while (_calls.FindUnwritten(callKey) is not null) await Task.Delay(Delay, _time, giveUp);
        }
        catch (OperationCanceledException)
        {
            // The store is away. The record is written when it is back, for whoever has the call then.
        }

        _calls.Drop(callKey);
    }

    public async Task<ImmutableArray<string>> Orphans(int count)
    {
        if (_isAlone) return [];
        await using var connection = await _database.OpenRead();
        var since = StoredTime.ToMicroseconds(_time.GetUtcNow() - NodeHeartbeat.DeadAfter);
        var ofTheDead = await connection.QueryAsync<string>(
            "SELECT call_key FROM live_call WHERE node <> @node AND node NOT IN (SELECT name FROM node WHERE alive_us > @since) LIMIT @count",
            new { node = _heartbeat.Node, since, count });
        var written = _calls.ListWritten();
        var own = (await connection.QueryAsync<string>("SELECT call_key FROM live_call WHERE node = @node", new { node = _heartbeat.Node })).ToHashSet();
        // What the store has no more as this node's was taken over by another, which this one need not have noticed.
        foreach (var record in written.Where(record => !own.Contains(record.CallKey))) _calls.Drop(record);
        // This node's own were its earlier self's, unless they are known here.
        return [.. ofTheDead.Concat(own.Where(callKey => _calls.Find(callKey) is null)).Take(count)];
    }

    public async Task<ImmutableArray<string>> OfNode(string node, int count)
    {
        await using var connection = await _database.OpenRead();
        return [.. await connection.QueryAsync<string>("SELECT call_key FROM live_call WHERE node = @node LIMIT @count", new { node, count })];
    }

    private static CallRecord? OnlyLive(CallRecord? record) => record is { Ended: false } ? record : null;

    private async Task<CallRecord?> TryReadStored(string callKey)
    {
        try
        {
            return await ReadStored(callKey);
        }
        catch (DbException)
        {
            return null;
        }
    }

    private async Task<CallRecord?> ReadStored(string callKey)
    {
        await using var connection = await _database.OpenRead();
        var row = await connection.QuerySingleOrDefaultAsync<Row>(
            "SELECT tenant AS Tenant, schema_version AS SchemaVersion, state AS State, history AS History FROM live_call WHERE call_key = @callKey",
            new { callKey });
        return row is null ? null : ToRecord(callKey, row);
    }

    public ImmutableArray<CallRecord> Live(string tenant, int count) => _calls.ListLive(tenant, count);

    public Task<ImmutableArray<CallRecord>> ListLive(string tenant, int count) =>
        _isAlone ? Task.FromResult(Live(tenant, count)) : LiveCallList.List(_database, Live(tenant, count), _heartbeat.Node, tenant, count);

    /// <summary>History entries that the store does not have yet.</summary>
    public List<HistoryEntry> ListEntries(string tenant, string? extension) => _calls.ListEntries(tenant, extension);

    /// <summary>Writes what waits, once more, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        await _loop;
        while (Waiting > 0)
        {
            if (!await WriteBatch()) break;
        }

        if (Waiting > 0) LogUnwritten(Waiting);
    }

    private async Task Run()
    {
        try
        {
            while (true)
            {
                await _changed.WaitAsync(_stopping.Token);
                await Task.Delay(Delay, _time, _stopping.Token);
                Interlocked.Exchange(ref _signalled, 0);
                await WriteAll();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // What waits is written by DisposeAsync.
        }
    }

    private async Task WriteAll()
    {
        while (true)
        {
            if (!await WriteBatch()) await Task.Delay(RetryDelay, _time, _stopping.Token);
            else if (Waiting == 0) return;
        }
    }

    /// <summary>False when the store did not take the batch: its records wait again.</summary>
    private async Task<bool> WriteBatch()
    {
        var batch = _calls.Take(MostInBatch);
        if (batch.Count == 0) return true;
        var writes = new List<(CallRecord Record, Task<int[]> Write)>(batch.Count);
        var alive = _writer.Execute(_heartbeat.ToStatement());
        foreach (var record in batch)
        {
            if (ToStatements(record) is { } statements) writes.Add((record, _writer.Execute(statements)));
        }

        var again = new HashSet<string>();
        await Settle(alive);
        foreach (var (record, write) in writes)
        {
            if (await Settle(write) is not { } error) Written(record, await write);
            else if (IsRefusal(error)) GiveUp(record, error);
            else again.Add(record.CallKey);
        }

        if (again.Count == 0)
        {
            _calls.Written();
            return true;
        }

        _calls.NotWritten(again);
        return false;
    }

    private void Written(CallRecord record, int[] touched)
    {
        _written.Add(1);
        if (touched[^1] > 0 || record.Ended) return;
        _calls.Drop(record.CallKey);
        LogReplaced(record.CallKey);
    }

    private SqlStatement[]? ToStatements(CallRecord record)
    {
        try
        {
            return CallRows.ToStatements(record, _heartbeat.Node);
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException or System.Text.Json.JsonException)
        {
            GiveUp(record, error);
            return null;
        }
    }

    /// <summary>The store looked at the record and said no, and would again; anything else is the store being away.</summary>
    private static bool IsRefusal(Exception error) => error switch
    {
        Npgsql.PostgresException refused => !refused.IsTransient,
        Microsoft.Data.Sqlite.SqliteException refused => refused.SqliteErrorCode is SQLitePCL.raw.SQLITE_CONSTRAINT or SQLitePCL.raw.SQLITE_TOOBIG or SQLitePCL.raw.SQLITE_MISMATCH,
        ArgumentException => true,
        _ => false,
    };

    private static async Task<Exception?> Settle(Task<int[]> write)
    {
        await ((Task)write).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return write.Exception?.InnerException;
    }

    private void GiveUp(CallRecord record, Exception error)
    {
        _lost.Add(1);
        LogRefused(record.CallKey, error);
    }

    private static CallRecord ToRecord(string callKey, Row row) => new(
        callKey,
        row.Tenant,
        (int)row.SchemaVersion,
        StateJson.Read<CallState>(row.State, row.SchemaVersion, $"call {callKey}"),
        StateJson.Read<ImmutableArray<HistoryEntry>>(row.History, 1, $"history of call {callKey}"),
        Ended: false);

    private sealed record Row(string Tenant, long SchemaVersion, string State, string History);

    [LoggerMessage(Level = LogLevel.Error, Message = "The journal gave up its oldest record: {Most} wait already and the store is away")]
    private partial void LogOverflow(int most);

    [LoggerMessage(Level = LogLevel.Error, Message = "The journal gave up a record of call {Call}: the store refuses it")]
    private partial void LogRefused(string call, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Call {Call} is another node's: what this one wrote of it is out of date and was not taken")]
    private partial void LogReplaced(string call);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Records} call records could not be written before the end")]
    private partial void LogUnwritten(int records);
}
