using Webphone.Net.Media;

namespace Webphone.Net.Tests.Media;

public sealed class TickWheelTests
{
    private readonly List<bool> _paced = [];
    private readonly TickWheel _wheel;

    public TickWheelTests() => _wheel = new TickWheel(new MediaFaults(new MediaClock(TimeProvider.System), null), _paced.Add);

    [Fact]
    public void The_first_who_takes_frames_sets_the_pace_and_the_last_to_leave_ends_it()
    {
        var (one, other) = (new Taker(), new Taker());

        var phase = _wheel.AddFrame(one);
        var second = _wheel.AddFrame(other);
        _wheel.RemoveFrame(one, phase);
        Assert.Equal([true], _paced);

        _wheel.RemoveFrame(other, second);
        Assert.Equal([true, false], _paced);
    }

    [Fact]
    public void A_turn_from_before_frames_were_taken_does_housekeeping_only()
    {
        var taker = new Taker();
        _wheel.AddSecond(taker);
        _wheel.AddFrame(taker);

        for (var turn = 0; turn < 400; turn++)
            _wheel.Advance(TimeSpan.Zero, frames: turn >= 200);

        Assert.Equal(1, taker.Seconds);
        Assert.Equal(25, taker.Frames);
    }

    private sealed class Taker : ITicking
    {
        public int Frames { get; private set; }
        public int Seconds { get; private set; }

        public void OnFrame(TimeSpan now) => Frames++;

        public void OnSecond(TimeSpan now) => Seconds++;
    }
}
