using System.Net;
using Webphone.Media.Codecs;
using Webphone.Media.Dtmf;
using Webphone.Media.Endpoints;
using Webphone.Media.Rtp;
using Webphone.Media.Srtp;
using Webphone.Media.Tones;
using Webphone.Net.Media;

namespace Webphone.Net.Tests.Media;

public abstract class MediaEndpointTests(bool portable) : IMediaObserver, IDisposable
{
    private readonly MediaEngine _engine = new(new MediaOptions
    {
        FirstPort = portable ? 42000 : 43000,
        LastPort = portable ? 42999 : 43999,
        PortableSockets = portable,
        RtpTimeout = TimeSpan.FromSeconds(1),
        Loops = 2,
    });
    private readonly TestPhone _alice = new();
    private readonly TestPhone _bob = new();
    private readonly TaskCompletionSource<char> _digit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<MediaEndpoint> _silent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<MediaEndpoint> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        _engine.Dispose();
        _alice.Dispose();
        _bob.Dispose();
        GC.SuppressFinalize(this);
    }

    void IMediaObserver.OnDigit(MediaEndpoint endpoint, char digit) => _digit.TrySetResult(digit);

    void IMediaObserver.OnSilent(MediaEndpoint endpoint) => _silent.TrySetResult(endpoint);

    void IMediaObserver.OnPlaybackFinished(MediaEndpoint endpoint) => _finished.TrySetResult(endpoint);

    [Fact]
    public async Task A_bridge_passes_payloads_untouched_both_ways_under_each_legs_number()
    {
        var (a, b) = Pair(_alice.Describe(AudioCodec.Pcmu, 0), _bob.Describe(AudioCodec.Pcmu, 0));
        MediaEndpoint.Connect(a, b);
        ushort? last = null;
        for (byte i = 0; i < 20; i++)
        {
            await _alice.Send(a.RtpPort, 0, Enumerable.Repeat(i, 160).ToArray());
            if (i == 0)
                continue;
            var (header, payload) = await _bob.Receive();
            Assert.All(payload, value => Assert.Equal(i, value));
            Assert.True(last is null || header.Sequence == (ushort)(last + 1));
            last = header.Sequence;
        }
        await _bob.Send(b.RtpPort, 0, new byte[160]);
        await _bob.Send(b.RtpPort, 0, [1, 2, 3]);
        Assert.Equal([1, 2, 3], (await _alice.Receive()).Payload);
        Assert.Equal(_alice.Address, a.LatchedSource);
        Assert.Equal((19, 0), (a.Statistics.PacketsReceived, a.Statistics.PacketsLost));
    }

    [Fact]
    public async Task Different_codecs_are_transcoded()
    {
        var (a, b) = Pair(_alice.Describe(AudioCodec.Pcmu, 0), _bob.Describe(AudioCodec.Pcma, 8));
        MediaEndpoint.Connect(a, b);
        for (var i = 0; i < 10; i++)
            await _alice.Send(a.RtpPort, 0, new byte[160]);
        var (header, payload) = await _bob.Receive();
        Assert.Equal((8, 160), (header.PayloadType, payload.Length));
    }

    [Fact]
    public async Task Echo_gives_the_leg_its_own_voice()
    {
        var a = Endpoint(_alice.Describe(AudioCodec.G722, 9));
        a.Echo();
        await _alice.Send(a.RtpPort, 9, new byte[160]);
        await _alice.Send(a.RtpPort, 9, [4, 5, 6]);
        Assert.Equal([4, 5, 6], (await _alice.Receive()).Payload);
    }

    [Fact]
    public async Task Encrypted_and_plain_legs_are_bridged()
    {
        var phoneKey = new SrtpMasterKey(SrtpProfile.AesCm128HmacSha1Tag80, Enumerable.Range(1, 30).Select(i => (byte)i).ToArray());
        var ourKey = new SrtpMasterKey(SrtpProfile.AesCm128HmacSha1Tag80, Enumerable.Range(101, 30).Select(i => (byte)i).ToArray());
        using var carol = new TestPhone(phoneKey, ourKey);
        var a = Endpoint(_alice.Describe(AudioCodec.Pcmu, 0));
        var c = Endpoint(carol.Describe(AudioCodec.Pcmu, 0, key: phoneKey), new LocalMedia { Key = ourKey });
        MediaEndpoint.Connect(a, c);
        await _alice.Send(a.RtpPort, 0, new byte[160]);
        await _alice.Send(a.RtpPort, 0, [7, 7]);
        Assert.Equal([7, 7], (await carol.Receive()).Payload);
        await carol.Send(c.RtpPort, 0, new byte[160]);
        await carol.Send(c.RtpPort, 0, [8, 8]);
        Assert.Equal([8, 8], (await _alice.Receive()).Payload);
    }

    [Fact]
    public async Task A_tone_plays_every_20_ms_and_its_end_is_told()
    {
        var a = Endpoint(_alice.Describe(AudioCodec.Pcmu, 0));
        a.Play(TonePlan.Get(CallTone.Beep, ToneRegion.Europe));
        var (first, _) = await _alice.Receive();
        var (second, _) = await _alice.Receive();
        Assert.Equal((1, 160u), (second.Sequence - first.Sequence, second.Timestamp - first.Timestamp));
        Assert.Same(a, await _finished.Task.WaitAsync(TestPhone.Patience));
    }

    [Fact]
    public async Task A_key_is_told_once_and_reaches_the_other_leg()
    {
        var (a, b) = Pair(_alice.Describe(AudioCodec.Pcmu, 0), _bob.Describe(AudioCodec.Pcmu, 0, events: 110));
        MediaEndpoint.Connect(a, b);
        await _alice.Send(a.RtpPort, 0, new byte[160]);
        await _alice.Send(a.RtpPort, 0, new byte[160]);
        var pressed = new byte[4];
        new TelephoneEvent(9, false, 10, 160).Write(pressed);
        await _alice.Send(a.RtpPort, 101, pressed, advance: false);
        Assert.Equal('9', await _digit.Task.WaitAsync(TestPhone.Patience));
        await _bob.Receive();
        Assert.Equal(110, (await _bob.Receive()).Header.PayloadType);
    }

    [Fact]
    public async Task A_digit_is_sent_as_an_event()
    {
        var a = Endpoint(_alice.Describe(AudioCodec.Pcmu, 0));
        Assert.True(a.SendDigit('#'));
        var (header, payload) = await _alice.Receive();
        Assert.Equal((101, 11), (header.PayloadType, payload[0]));
        Assert.False(a.SendDigit('x'));
    }

    [Fact]
    public async Task A_leg_that_says_nothing_is_told_and_one_that_holds_is_not()
    {
        var holding = Endpoint(_bob.Describe(AudioCodec.Pcmu, 0));
        holding.SetDirection(MediaDirection.SendOnly);
        var a = Endpoint(_alice.Describe(AudioCodec.Pcmu, 0));
        Assert.Same(a, await _silent.Task.WaitAsync(TestPhone.Patience));
    }

    [Fact]
    public async Task A_stranger_and_a_flood_of_junk_do_not_disturb_a_call()
    {
        using var stranger = new TestPhone();
        var (a, b) = Pair(_alice.Describe(AudioCodec.Pcmu, 0), _bob.Describe(AudioCodec.Pcmu, 0));
        MediaEndpoint.Connect(a, b);
        await _alice.Send(a.RtpPort, 0, new byte[160]);
        for (byte i = 1; i < 50; i++)
        {
            await stranger.Send(a.RtpPort, 0, new byte[20]);
            await stranger.SendRaw(a.RtpPort, [0xFF, 1, 2]);
            await stranger.SendRaw(a.RtpPort, new byte[1900]);
            await stranger.SendRaw(a.RtcpPort, [0x80, 200, 0, 9, 1, 1, 1, 1]);
            await _alice.Send(a.RtpPort, 0, [i]);
            Assert.Equal([i], (await _bob.Receive()).Payload);
        }
        Assert.Equal(_alice.Address, a.LatchedSource);
        Assert.True(a.Statistics.Drops.ForeignSource > 0 && a.Statistics.Drops.Junk > 0);
    }

    [Fact]
    public async Task After_a_transfer_the_new_partner_continues_the_same_stream()
    {
        using var carol = new TestPhone();
        var (a, b) = Pair(_alice.Describe(AudioCodec.Pcmu, 0), _bob.Describe(AudioCodec.Pcmu, 0));
        var c = Endpoint(carol.Describe(AudioCodec.Pcmu, 0));
        MediaEndpoint.Connect(a, b);
        await _bob.Send(b.RtpPort, 0, [1]);
        await _bob.Send(b.RtpPort, 0, [1]);
        var (before, _) = await _alice.Receive();
        MediaEndpoint.Connect(a, c);
        await _bob.Send(b.RtpPort, 0, [2]);
        await carol.Send(c.RtpPort, 0, [3]);
        await carol.Send(c.RtpPort, 0, [3]);
        var (after, payload) = await _alice.Receive();
        Assert.Equal([3], payload);
        Assert.Equal((before.Ssrc, (ushort)(before.Sequence + 1)), (after.Ssrc, after.Sequence));
        b.Release();
        b.Release();
        b.Play(TonePlan.Get(CallTone.Busy, ToneRegion.Europe));
        Assert.True(b.IsReleased);
    }

    private (MediaEndpoint First, MediaEndpoint Second) Pair(RemoteMedia first, RemoteMedia second) => (Endpoint(first), Endpoint(second));

    private MediaEndpoint Endpoint(RemoteMedia remote, LocalMedia? local = null)
    {
        var endpoint = _engine.TryAllocate(this);
        Assert.NotNull(endpoint);
        endpoint.Apply(local ?? new LocalMedia(), remote);
        return endpoint;
    }
}

public sealed class EpollEndpointTests() : MediaEndpointTests(portable: false);

public sealed class PortableEndpointTests() : MediaEndpointTests(portable: true);
