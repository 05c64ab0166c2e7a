using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Grains.Calls;
using Webphone.Silo.Hosting;

namespace Webphone.Silo.Tests.Host;

public sealed class CallSweepTests
{
    [Fact]
    public async Task Looks_at_the_calls_at_every_interval_also_after_one_that_failed()
    {
        var time = new SteppedTime();
        using var swept = new SemaphoreSlim(0);
        var sweep = new CallSweep(
            () =>
            {
                swept.Release();
                throw new TimeoutException("the store is away");
            },
            LiveCallSweep.Every, time, NullLogger<CallSweep>.Instance);
        sweep.Start();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, swept.CurrentCount);
            time.Step();
            Assert.True(await swept.WaitAsync(TimeSpan.FromSeconds(20)));
        }
        Assert.Equal(LiveCallSweep.Every, time.Period);
        await sweep.DisposeAsync();
        await sweep.DisposeAsync();
    }

    [Fact]
    public async Task Stops_in_the_middle_of_a_sweep_that_hangs()
    {
        var time = new SteppedTime();
        var begun = new TaskCompletionSource();
        var sweep = new CallSweep(
            () =>
            {
                begun.SetResult();
                return new TaskCompletionSource().Task;
            },
            LiveCallSweep.Every, time, NullLogger<CallSweep>.Instance);
        sweep.Start();
        time.Step();
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await sweep.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>A clock whose one timer ticks when it is told.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private Action _tick = static () => { };

        public TimeSpan Period { get; private set; }

        public void Step() => _tick();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Period = period;
            _tick = () => callback(state);
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
