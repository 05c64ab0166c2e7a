using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Simulation;

namespace Webphone.OrleansSilo;

/// <summary>
/// One silo of Microsoft Orleans in this process, for tests: what grains know of time (their clock, timers, reminders, age) is a clock
/// that is moved by hand, while what the silo needs for itself (membership, response time-outs) runs on the real one.
/// </summary>
internal sealed class VirtualSilo(Action<ISiloBuilder> configure) : IAsyncDisposable
{
    private readonly IReminderTable _reminders = new Orleans.Reminders.MemoryReminderTable();
    private IHost? _host;

    public VirtualTime Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public IServiceProvider Services => _host!.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public Task Start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<TimeProvider>(Time);
        foreach (var own in new[] { TimeProviderNames.Messaging, TimeProviderNames.SystemTimers, TimeProviderNames.Membership, TimeProviderNames.GrainDirectory })
            builder.Services.AddKeyedSingleton(own, TimeProvider.System);
        builder.Services.AddKeyedSingleton<TimeProvider>(Orleans.Reminders.ReminderTimeProviderNames.Reminders, new NeverEarly(Time));
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(Ports.Free(), Ports.Free());
            silo.AddReminders();
            silo.Services.RemoveAll<IReminderTable>();
            silo.Services.AddSingleton(_reminders);
            silo.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMinutes(1));
            silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(15));
            configure(silo);
        });
        _host = builder.Build();
        return _host.StartAsync();
    }

    /// <summary>Does it, letting time pass as it is needed, up to <paramref name="limit"/>.</summary>
    public async Task Run(Func<Task> work, TimeSpan limit)
    {
        var deadline = Time.GetUtcNow() + limit;
        var done = Task.Run(work);
        do
        {
            await QuietPool.Wait();
        }
        while (!done.IsCompleted && Time.NextDue <= deadline && await Task.Run(() => Time.FireNext(deadline)));
        await done;
    }

    /// <summary>Lets everything happen that can without time passing, then what is due within <paramref name="span"/>, and so on.</summary>
    public async Task Delay(TimeSpan span)
    {
        var deadline = Time.GetUtcNow() + span;
        do
        {
            await QuietPool.Wait();
        }
        while (await Task.Run(() => Time.FireNext(deadline)));
    }

    public Task Stop() => End(CancellationToken.None);

    /// <summary>Ends the silo without a word to its grains.</summary>
    public Task Kill() => End(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync() => await Kill();

    /// <summary>What ends may wait for something that is due in virtual time, so that passes meanwhile.</summary>
    private async Task End(CancellationToken at)
    {
        if (Interlocked.Exchange(ref _host, null) is not { } host) return;
        var stopping = host.StopAsync(at);
        while (!stopping.IsCompleted)
        {
            await Task.WhenAny(stopping, Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None));
            if (!stopping.IsCompleted) Time.FireNext(Time.NextDue ?? Time.GetUtcNow());
        }

        await stopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        host.Dispose();
    }

    /// <summary>
    /// Timers a millisecond late, as real ones are. A reminder waits until its time by delays of whole milliseconds, over and over until it has come: what is
    /// left then, less than one, would be waited for in circles by a clock that stands still.
    /// </summary>
    private sealed class NeverEarly(TimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp() => time.GetTimestamp();

        public override long TimestampFrequency => time.TimestampFrequency;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime + TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}
