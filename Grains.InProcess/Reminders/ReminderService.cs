using Orleans.Hosting;
using Orleans.InProcess;
using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans.Reminders;

/// <summary>
/// Fires the reminders of a table. Ticks keep to the grid of the first tick and the period; those that fell due while no process ran are
/// not made up for, the next one comes in its time. A tick that takes longer than its period delays only itself.
/// </summary>
internal sealed class ReminderService(Silo silo, IReminderTable table, ReminderOptions options) : IReminderRegistry
{
    private readonly Dictionary<(GrainId, string), Armed> _armed = [];
    private bool _stopped;

    public async Task Start(CancellationToken token)
    {
        await table.StartAsync(token);
        foreach (var entry in (await table.ReadRows(0, 0)).Reminders)
            Arm(entry);
    }

    public Task Stop(CancellationToken token)
    {
        Drop();
        return table.StopAsync(token);
    }

    /// <summary>Fires nothing any more; the table keeps its rows.</summary>
    public void Drop()
    {
        lock (_armed)
        {
            _stopped = true;
            foreach (var armed in _armed.Values)
                armed.Dispose();
            _armed.Clear();
        }
    }

    public async Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        if (period < options.MinimumReminderPeriod)
            throw new ArgumentException($"Reminder {reminderName}: {period} is shorter than the minimum of {options.MinimumReminderPeriod}.", nameof(period));

        var startAt = (silo.Time.GetUtcNow() + dueTime).UtcDateTime;
        var entry = new ReminderEntry { GrainId = callingGrainId, ReminderName = reminderName, StartAt = startAt, Period = period };
        entry.ETag = await table.UpsertRow(entry);
        Arm(entry);
        return new Reminder(reminderName, entry.ETag);
    }

    public async Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
    {
        var known = reminder as Reminder ?? throw new ArgumentException("The reminder is none of this grain's.", nameof(reminder));
        if (!await table.RemoveRow(callingGrainId, known.ReminderName, known.Etag ?? ""))
            throw new ReminderException($"Could not unregister reminder {known.ReminderName} of {callingGrainId}: it was changed or removed since.");
        lock (_armed)
        {
            if (_armed.Remove((callingGrainId, known.ReminderName), out var armed))
                armed.Dispose();
        }
    }

    public async Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) =>
        await table.ReadRow(callingGrainId, reminderName) is { } entry ? new Reminder(entry.ReminderName, entry.ETag) : null;

    public async Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) =>
        [.. (await table.ReadRows(callingGrainId)).Reminders.Select(entry => new Reminder(entry.ReminderName, entry.ETag))];

    private void Arm(ReminderEntry entry)
    {
        lock (_armed)
        {
            if (_armed.Remove((entry.GrainId, entry.ReminderName), out var earlier))
                earlier.Dispose();
            if (!_stopped)
                _armed[(entry.GrainId, entry.ReminderName)] = new Armed(silo, entry);
        }
    }

    private sealed record Reminder(string ReminderName, string? Etag) : IGrainReminder;

    private sealed class Armed : IDisposable
    {
        private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

        private readonly Silo _silo;
        private readonly ReminderEntry _entry;
        private readonly IRemindable _grain;
        private readonly ITimer _timer;

        public Armed(Silo silo, ReminderEntry entry)
        {
            (_silo, _entry) = (silo, entry);
            _grain = (IRemindable)Proxies.Make(typeof(IRemindable), silo, entry.GrainId);
            _timer = CleanContext.CreateTimer(silo.Time, static armed => ((Armed)armed!).OnDue(), this);
            var now = Now;
            Wait(entry.StartAt >= now ? entry.StartAt - now : ToNextTick(now));
        }

        private DateTime Now => _silo.Time.GetUtcNow().UtcDateTime;

        public void Dispose() => _timer.Dispose();

        private void OnDue()
        {
            var now = Now;
            if (now < _entry.StartAt)
            {
                Wait(_entry.StartAt - now);
                return;
            }

            Task.Factory.StartNew(Tick, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _silo.Dispatcher.Outside);
        }

        private async Task Tick()
        {
            try
            {
                await _grain.ReceiveReminder(_entry.ReminderName, new TickStatus(_entry.StartAt, _entry.Period, Now));
            }
            catch (Exception error)
            {
                _silo.Log.ReminderFailed(_entry.ReminderName, _entry.GrainId, error);
            }

            Wait(ToNextTick(Now));
        }

        private TimeSpan ToNextTick(DateTime now) =>
            _entry.Period == TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromTicks(_entry.Period.Ticks - ((now - _entry.StartAt).Ticks % _entry.Period.Ticks));

        private void Wait(TimeSpan span) => _timer.Change(span < LongestWait ? span : LongestWait, Timeout.InfiniteTimeSpan);
    }
}
