using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.InProcess;
using Orleans.Reminders;
using Orleans.Simulation;
using Orleans.Storage;

namespace Webphone.Grains.InProcess.Tests.Conformance.Hosts;

/// <summary>The engine as it runs in production, on the thread pool; only its clock is moved by hand.</summary>
public sealed class ThreadedHost : IConformanceHost
{
    private readonly VirtualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QuietDispatcher _dispatcher = new();
    private readonly MemoryReminderTable _reminders = new();
    private readonly MemoryGrainStorage _storage;
    private ServiceProvider? _services;
    private bool _withFilters;

    public ThreadedHost() => _storage = new MemoryGrainStorage(() => Grains);

    public IGrainFactory Grains => _services!.GetRequiredService<IGrainFactory>();

    public TimeSpan ResponseTimeout => TimeSpan.FromSeconds(30);

    public Task Start(bool withFilters)
    {
        _withFilters = withFilters;
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<Dispatcher>(_dispatcher);
        services.AddSingleton<IReminderTable>(_reminders);
        services.AddInProcessGrains(typeof(ThreadedHost).Assembly);
        services.AddGrainStorage("memory", (_, _) => _storage);
        services.AddGrainStorage("bank", (_, _) => _storage);
        if (withFilters)
            services.AddIncomingGrainCallFilter<Subjects.MarkingFilters>().AddOutgoingGrainCallFilter<Subjects.MarkingFilters>();
        services.Configure<SiloMessagingOptions>(options => options.MaxEnqueuedRequestsHardLimit = 100);
        _services = services.BuildServiceProvider();
        return Task.WhenAll(_services.GetServices<IHostedService>().Select(service => service.StartAsync(CancellationToken.None)));
    }

    public Task Run(Func<Task> body) => body();

    public async Task Delay(TimeSpan span)
    {
        var deadline = _time.GetUtcNow() + span;
        do
        {
            await _dispatcher.Quiet();
        }
        while (_time.FireNext(deadline));
    }

    public async Task Stop()
    {
        foreach (var service in _services!.GetServices<IHostedService>())
            await service.StopAsync(CancellationToken.None);
        await _services!.DisposeAsync();
    }

    public async Task Restart()
    {
        await Stop();
        await Start(_withFilters);
    }

    public async ValueTask DisposeAsync() => await _services!.DisposeAsync();

    /// <summary>Knows when neither an activation nor the engine itself has anything to run.</summary>
    private sealed class QuietDispatcher : ThreadPoolDispatcher
    {
        private readonly Lock _gate = new();
        private int _busy;
        private TaskCompletionSource? _quiet;

        public QuietDispatcher() => Outside = new CountedScheduler(this);

        public override TaskScheduler Outside { get; }

        public Task Quiet()
        {
            lock (_gate)
                return _busy == 0 ? Task.CompletedTask : (_quiet ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        public override void Schedule(Activation activation) => Run(() =>
        {
            while (activation.RunNext())
            {
            }
        });

        public void Run(Action work)
        {
            lock (_gate)
                _busy++;
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    work();
                    lock (_gate)
                    {
                        if (--_busy > 0)
                            return;
                        _quiet?.TrySetResult();
                        _quiet = null;
                    }
                }, null);
        }
    }

    private sealed class CountedScheduler(QuietDispatcher dispatcher) : TaskScheduler
    {
        protected override void QueueTask(Task task) => dispatcher.Run(() => TryExecuteTask(task));
        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
