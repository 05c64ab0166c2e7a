using Orleans.Runtime;

namespace Webphone.Grains.InProcess.Tests.Conformance.Subjects;

public interface ITimerGrain : IGrainWithStringKey
{
    Task Start(string name, TimeSpan due, TimeSpan period, bool interleave = false, bool keepAlive = false, bool fail = false);
    Task Change(string name, TimeSpan due, TimeSpan period);
    Task Stop(string name);
    Task Hold(string gate);
    Task Leave();
}

public interface IReminderGrain : IGrainWithStringKey
{
    Task Register(string name, TimeSpan due, TimeSpan period);
    Task<string> Known();
    Task Unregister(string name);
    Task Leave();
}

public sealed class TimerGrain : Grain, ITimerGrain
{
    private readonly Dictionary<string, IGrainTimer> _timers = [];

    public Task Start(string name, TimeSpan due, TimeSpan period, bool interleave, bool keepAlive, bool fail)
    {
        _timers[name] = this.RegisterGrainTimer(
            (tick, _) =>
            {
                Journal.Add(this.GetPrimaryKeyString(), tick);
                return fail ? throw new InvalidOperationException("tick failed") : Task.CompletedTask;
            }, name, new GrainTimerCreationOptions(due, period) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task Change(string name, TimeSpan due, TimeSpan period)
    {
        _timers[name].Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop(string name)
    {
        _timers[name].Dispose();
        return Task.CompletedTask;
    }

    public Task Hold(string gate) => Journal.Wait(gate);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Add(this.GetPrimaryKeyString(), "gone");
        return Task.CompletedTask;
    }
}

public sealed class ReminderGrain : Grain, IReminderGrain, IRemindable
{
    public Task Register(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task<string> Known() => string.Join(',', (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order(StringComparer.Ordinal));

    public async Task Unregister(string name)
    {
        if (await this.GetReminder(name) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Journal.Add(this.GetPrimaryKeyString(), $"{reminderName} {(status.CurrentTickTime - status.FirstTickTime).TotalMinutes:0} of {status.Period.TotalMinutes:0}");
        return Task.CompletedTask;
    }
}
