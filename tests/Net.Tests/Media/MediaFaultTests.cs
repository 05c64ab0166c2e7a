using Webphone.Media.Codecs;
using Webphone.Media.Dtmf;
using Webphone.Media.Endpoints;
using Webphone.Media.Playback;
using Webphone.Media.Tones;
using Webphone.Net.Media;

namespace Webphone.Net.Tests.Media;

public abstract class MediaFaultTests(bool portable) : IDisposable
{
    private readonly MediaEngine _engine = new(new MediaOptions { FirstPort = portable ? 40000 : 41000, LastPort = portable ? 40499 : 41499, PortableSockets = portable, Loops = 1 });
    private readonly TestPhone _alice = new();
    private readonly TestPhone _bob = new();

    public void Dispose()
    {
        _engine.Dispose();
        _alice.Dispose();
        _bob.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_clip_that_throws_is_counted_and_the_other_endpoints_of_its_loop_go_on()
    {
        Endpoint(_alice).Play(new BrokenClip());
        Endpoint(_bob).Play(TonePlan.Get(CallTone.Ringback, ToneRegion.Europe));
        for (var i = 0; i < 10; i++)
            await _bob.Receive();
        Assert.True(_engine.FaultCount > 0);
    }

    [Fact]
    public async Task An_observer_that_throws_is_counted_and_is_told_what_comes_next()
    {
        var observer = new Observer(_ => throw new InvalidOperationException("A mistake."));
        var endpoint = Endpoint(_alice, observer);
        await Press(endpoint, 1);
        await Press(endpoint, 2);
        Assert.Equal('1', await observer.Told.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal('2', await observer.Told.Reader.ReadAsync(TestContext.Current.CancellationToken));
        endpoint.Play(TonePlan.Get(CallTone.Ringback, ToneRegion.Europe));
        await _alice.Receive();
        Assert.True(_engine.FaultCount > 0);
    }

    [Fact]
    public async Task An_observer_that_never_returns_holds_up_no_media_and_what_it_misses_is_bounded()
    {
        using var stuck = new ManualResetEventSlim();
        var observer = new Observer(_ => stuck.Wait(TestPhone.Patience));
        var endpoint = Endpoint(_alice, observer);
        for (byte i = 0; i < 100; i++)
            await Press(endpoint, (byte)(i % 10));
        endpoint.Play(TonePlan.Get(CallTone.Ringback, ToneRegion.Europe));
        for (var i = 0; i < 10; i++)
            await _alice.Receive();
        stuck.Set();
        for (var i = 0; i < 10; i++)
            Assert.Equal((char)('0' + i), await observer.Told.Reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Presses a key in the middle of speech.</summary>
    private async Task Press(MediaEndpoint endpoint, byte key)
    {
        for (var i = 0; i < 2; i++)
            await _alice.Send(endpoint.RtpPort, 0, new byte[160]);
        var pressed = new byte[4];
        new TelephoneEvent(key, false, 10, 160).Write(pressed);
        await _alice.Send(endpoint.RtpPort, 101, pressed);
    }

    private MediaEndpoint Endpoint(TestPhone phone, IMediaObserver? observer = null)
    {
        var endpoint = _engine.TryAllocate(observer)!;
        endpoint.Apply(new LocalMedia(), phone.Describe(AudioCodec.Pcmu, 0));
        return endpoint;
    }

    private sealed class BrokenClip : IAudioClip, IAudioSource
    {
        public TimeSpan Duration => TimeSpan.Zero;

        public IAudioSource Open(int sampleRate) => this;

        public bool Read(Span<short> frame) => throw new InvalidOperationException("A mistake.");
    }

    private sealed class Observer(Action<char> onDigit) : IMediaObserver
    {
        public System.Threading.Channels.Channel<char> Told { get; } = System.Threading.Channels.Channel.CreateUnbounded<char>();

        public void OnDigit(MediaEndpoint endpoint, char digit)
        {
            Told.Writer.TryWrite(digit);
            onDigit(digit);
        }

        public void OnSilent(MediaEndpoint endpoint)
        {
        }

        public void OnPlaybackFinished(MediaEndpoint endpoint)
        {
        }
    }
}

public sealed class EpollFaultTests() : MediaFaultTests(portable: false);

public sealed class PortableFaultTests() : MediaFaultTests(portable: true);
