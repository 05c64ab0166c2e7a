using Webphone.Sip.Transactions;

namespace Webphone.Sip.Tests.Transactions;

public sealed class TimerWheelTests
{
    [Fact]
    public void Timers_fire_in_time_whatever_the_distance_and_never_early()
    {
        var random = new Random(5);
        var start = 12_345L;
        var wheel = new TimerWheel(start);
        var timers = new List<Timer>();
        for (var i = 0; i < 5000; i++)
        {
            var timer = new Timer { Wanted = start + (long)Math.Pow(10, random.NextDouble() * 9) };
            timers.Add(timer);
            wheel.Arm(timer, timer.Wanted);
        }
        foreach (var timer in timers.Where((_, i) => i % 3 == 0))
            wheel.Disarm(timer);
        foreach (var timer in timers.Where((_, i) => i % 3 == 1))
            wheel.Arm(timer, timer.Wanted += random.Next(100_000));
        while (wheel.NextDeadlineMs != long.MaxValue)
            wheel.Advance(wheel.NextDeadlineMs);
        Assert.Equal(0, wheel.Count);
        for (var i = 0; i < timers.Count; i++)
        {
            if (i % 3 == 0)
                Assert.Equal(0, timers[i].FiredAt);
            else
                Assert.InRange(timers[i].FiredAt - timers[i].Wanted, 0, 8);
        }
    }

    [Fact]
    public void A_timer_beyond_the_horizon_waits_its_time()
    {
        var wheel = new TimerWheel(0);
        var timer = new Timer();
        wheel.Arm(timer, 20_000_000_000);
        while (wheel.NextDeadlineMs != long.MaxValue)
            wheel.Advance(wheel.NextDeadlineMs);
        Assert.InRange(timer.FiredAt, 20_000_000_000, 20_000_000_008);
    }

    [Fact]
    public void A_late_advance_fires_everything_once_and_a_timer_may_arm_itself_again()
    {
        var wheel = new TimerWheel(0);
        var again = new Timer();
        again.Fired = now =>
        {
            if (now < 1_000_000)
                wheel.Arm(again, 2_000_000);
        };
        wheel.Arm(again, 100);
        wheel.Advance(999_999);
        Assert.Equal(1, again.Count);
        wheel.Advance(2_000_008);
        Assert.Equal(2, again.Count);
    }

    private sealed class Timer : TimerNode
    {
        public long Wanted { get; set; }

        public long FiredAt { get; private set; }

        public int Count { get; private set; }

        public Action<long>? Fired { get; set; }

        protected internal override void OnDue(long nowMs)
        {
            FiredAt = nowMs;
            Count++;
            Fired?.Invoke(nowMs);
        }
    }
}
