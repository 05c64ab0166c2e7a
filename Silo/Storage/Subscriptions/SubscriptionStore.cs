using System.Diagnostics.Metrics;
using Dapper;
using Microsoft.Extensions.Logging;
using Webphone.Silo.SipEdge.Lamps;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.GrainState;

namespace Webphone.Silo.Storage.Subscriptions;

/// <summary>
/// The subscriptions of phones, each with the node that notifies it. What is to be written gathers while a write runs, the newest of each subscription counts, and a store that is away
/// is tried again: nobody waits. Safe from any thread.
/// </summary>
internal sealed partial class SubscriptionStore : ISubscriptionStore, IDisposable
{
    private const int SchemaVersion = 1;
    private const int WrittenAtOnce = 500;
    private const string Upsert =
        "INSERT INTO subscription (id, node, schema_version, state) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET node = excluded.node, schema_version = excluded.schema_version, state = excluded.state";

    private const string Claim = "UPDATE subscription SET node = $1 WHERE id = $2 AND node = $3";
    private const string Delete = "DELETE FROM subscription WHERE id = $1";
    private const string Select = "SELECT id AS Id, schema_version AS SchemaVersion, state AS State FROM subscription WHERE node = @node";
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(5);

    private readonly IDatabase _database;
    private readonly GroupCommitWriter _writer;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Meter _meter = new("Webphone.Silo");
    private readonly Lock _gate = new();
    private Dictionary<string, StoredSubscription?> _waiting = [];
    private int _written;
    private Task _writing = Task.CompletedTask;

    public SubscriptionStore(IDatabase database, GroupCommitWriter writer, string node, TimeProvider time, ILogger<SubscriptionStore> logger)
    {
        _database = database;
        _writer = writer;
        _node = node;
        _time = time;
        _logger = logger;
        _meter.CreateObservableGauge("webphone.subscriptions.waiting", Waiting, "{subscription}", "Subscriptions that wait to be written");
    }

    public void Save(StoredSubscription subscription) => Put(subscription.Id, subscription);

    public void Remove(string id) => Put(id, null);

    public async Task<bool> TakeOver(string id, string from) => (await _writer.Execute(new SqlStatement(Claim, _node, id, from)))[0] > 0;

    public async Task<IReadOnlyList<StoredSubscription>> Load(string node)
    {
        await using var connection = await _database.OpenRead();
        var kept = new List<StoredSubscription>();
        await foreach (var row in connection.QueryUnbufferedAsync<Row>(Select, new { node }))
        {
            // One that another version wrote is subscribed to anew by its phone.
            if (row.SchemaVersion == SchemaVersion)
                kept.Add(StateJson.Read<StoredSubscription>(row.State, 1, row.Id));
        }

        return kept;
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Those of which something is not written yet.</summary>
    internal int Waiting()
    {
        lock (_gate) return _waiting.Count + _written;
    }

    private void Put(string id, StoredSubscription? subscription)
    {
        lock (_gate)
        {
            _waiting[id] = subscription;
            if (_writing.IsCompleted) _writing = Task.Run(Write);
        }
    }

    private async Task Write()
    {
        while (Take() is { } batch)
        {
            try
            {
                foreach (var some in batch.Chunk(WrittenAtOnce)) await _writer.Execute([.. some.Select(entry => StatementOf(entry.Key, entry.Value))]);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception error)
            {
                // The edge of one batch: what came meanwhile counts more than what is put back.
                LogNotWritten(batch.Count, error.Message);
                PutBack(batch);
                await Task.Delay(AgainAfter, _time);
            }
        }
    }

    private Dictionary<string, StoredSubscription?>? Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                // Within the lock, so that what comes next starts a write of its own.
                _writing = Task.CompletedTask;
                _written = 0;
                return null;
            }

            var batch = _waiting;
            _waiting = [];
            _written = batch.Count;
            return batch;
        }
    }

    private void PutBack(Dictionary<string, StoredSubscription?> batch)
    {
        lock (_gate)
        {
            _written = 0;
            foreach (var (id, subscription) in batch) _waiting.TryAdd(id, subscription);
        }
    }

    private SqlStatement StatementOf(string id, StoredSubscription? subscription) => subscription is null
        ? new SqlStatement(Delete, id)
        : new SqlStatement(Upsert, id, _node, (long)SchemaVersion, StoredText.Clean(StateJson.Write(subscription)));

    private sealed record Row(string Id, long SchemaVersion, string State);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} subscriptions could not be written and will be again: {Reason}")]
    private partial void LogNotWritten(int count, string reason);
}
