using Orleans.Runtime;

namespace Orleans;

/// <summary>Where reminders are kept. Times are UTC.</summary>
public interface IReminderTable
{
    Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    Task<ReminderTableData> ReadRows(GrainId grainId);

    /// <summary>All rows whose grain's hash is after <paramref name="begin"/> and not after <paramref name="end"/>; all rows if the two are equal.</summary>
    Task<ReminderTableData> ReadRows(uint begin, uint end);

    Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

    /// <summary>Writes the row whatever was there, and returns its new etag.</summary>
    Task<string?> UpsertRow(ReminderEntry entry);

    /// <summary>False if the row is not there with that etag.</summary>
    Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);

    Task TestOnlyClearTable();
}

public sealed class ReminderEntry
{
    public GrainId GrainId { get; set; }
    public required string ReminderName { get; set; }
    public DateTime StartAt { get; set; }
    public TimeSpan Period { get; set; }
    public string? ETag { get; set; }

    public override string ToString() => $"<GrainId={GrainId} ReminderName={ReminderName} Period={Period}>";
}

public sealed class ReminderTableData
{
    public ReminderTableData() => Reminders = [];
    public ReminderTableData(IEnumerable<ReminderEntry> list) => Reminders = [.. list];
    public ReminderTableData(ReminderEntry entry) => Reminders = [entry];

    public IList<ReminderEntry> Reminders { get; }

    public override string ToString() => $"[{Reminders.Count} reminders: {string.Join(", ", Reminders)}]";
}
