using Webphone.WebFrontend.Hub.Liveness;

namespace Webphone.WebFrontend.Tests.Hub.Liveness;

public sealed class LivenessStreamTests : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(6);
    private static readonly byte[] Ping = [0x89, 0x00];
    private static readonly byte[] Frame = [0x81, 0x01, (byte)'x'];
    private static readonly byte[] Close = [0x88, 0x00];

    private readonly SteppedTime _time = new();
    private readonly Wire _wire = new();
    private readonly LivenessStream _stream;
    private int _givenUp;

    public LivenessStreamTests() => _stream = new LivenessStream(_wire, new BrowserLiveness(Heartbeat, _time), () => _givenUp++);

    public void Dispose() => _stream.Dispose();

    [Fact]
    public async Task A_browser_that_was_heard_before_the_last_heartbeat_is_told_and_not_asked()
    {
        await Beat();
        Assert.Equal([Frame], _wire.Written);
    }

    [Fact]
    public async Task A_browser_that_was_silent_for_two_heartbeats_is_asked_with_what_it_is_told_in_one_piece()
    {
        await Beat();
        await Beat();
        Assert.Equal([Frame, [.. Frame, .. Ping]], _wire.Written);
    }

    [Fact]
    public async Task Who_has_been_asked_is_asked_once()
    {
        for (var beats = 0; beats < 3; beats++)
            await Beat();
        await _stream.WriteAsync(Frame, TestContext.Current.CancellationToken);
        Assert.Equal(1, _wire.Pings(Ping));
    }

    [Fact]
    public async Task Who_does_not_answer_is_given_up_within_four_heartbeats()
    {
        for (var beats = 0; beats < 3; beats++)
            await Beat();
        Assert.Equal(0, _givenUp);
        await Assert.ThrowsAsync<IOException>(Beat);
        Assert.Equal((1, 3), (_givenUp, _wire.Written.Count));
    }

    [Fact]
    public async Task Who_answers_is_asked_again_and_again_and_never_given_up()
    {
        for (var round = 0; round < 100; round++)
        {
            await Beat();
            if (_wire.Written[^1].Length > Frame.Length)
                await Hear();
        }
        Assert.Equal((0, 50), (_givenUp, _wire.Pings(Ping)));
    }

    [Fact]
    public async Task Who_speaks_by_itself_is_not_asked()
    {
        for (var round = 0; round < 100; round++)
        {
            await Beat();
            await Hear();
        }
        Assert.Equal(0, _wire.Pings(Ping));
    }

    [Fact]
    public async Task A_read_of_nothing_says_nothing()
    {
        await Beat();
        Assert.Equal(0, await _stream.ReadAsync(Memory<byte>.Empty, TestContext.Current.CancellationToken));
        await Beat();
        Assert.Equal(1, _wire.Pings(Ping));
    }

    [Fact]
    public async Task Nothing_follows_a_close_which_is_sent_even_to_who_does_not_answer()
    {
        _time.Advance(2 * Heartbeat);
        await _stream.WriteAsync(Close, TestContext.Current.CancellationToken);
        await _stream.WriteAsync(Frame, TestContext.Current.CancellationToken);
        _time.Advance(2 * Heartbeat);
        await _stream.WriteAsync(Close, TestContext.Current.CancellationToken);
        Assert.Equal([Close, [.. Frame, .. Ping], Close], _wire.Written);
    }

    private async Task Beat()
    {
        _time.Advance(Heartbeat);
        await _stream.WriteAsync(Frame, TestContext.Current.CancellationToken);
    }

    private async Task Hear() => Assert.Equal(1, await _stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));

    /// <summary>Keeps what is written, piece by piece, and has always something to read.</summary>
    private sealed class Wire : MemoryStream
    {
        public List<byte[]> Written { get; } = [];

        public int Pings(byte[] ping) => Written.Count(piece => piece.AsSpan().EndsWith(ping));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written.Add(buffer.ToArray());
            return ValueTask.CompletedTask;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(buffer.Length);
    }

    private sealed class SteppedTime : TimeProvider
    {
        private TimeSpan _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan time) => _now += time;
    }
}
