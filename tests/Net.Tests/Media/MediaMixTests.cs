using Webphone.Media.Codecs;
using Webphone.Media.Dtmf;
using Webphone.Media.Endpoints;
using Webphone.Media.Tones;
using Webphone.Net.Media;

namespace Webphone.Net.Tests.Media;

/// <summary>Rooms over real sockets.</summary>
public sealed class MediaMixTests : IMediaObserver, IDisposable
{
    /// <summary>What a jitter buffer holds with room to spare: phones here send all at once, and the mix takes a frame every 20 ms.</summary>
    private const int Burst = 30;

    private readonly MediaEngine _engine = new(new MediaOptions { FirstPort = 44000, LastPort = 44399, Loops = 2 });
    private readonly List<TestPhone> _phones = [];
    private readonly TaskCompletionSource<MediaEndpoint> _speaks = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        _engine.Dispose();
        _phones.ForEach(phone => phone.Dispose());
    }

    void IMediaObserver.OnDigit(MediaEndpoint endpoint, char digit)
    {
    }

    void IMediaObserver.OnSilent(MediaEndpoint endpoint)
    {
    }

    void IMediaObserver.OnPlaybackFinished(MediaEndpoint endpoint)
    {
    }

    void IMediaObserver.OnSpeaking(MediaEndpoint endpoint, bool speaking)
    {
        if (speaking)
            _speaks.TrySetResult(endpoint);
    }

    [Fact]
    public async Task Three_phones_of_three_codecs_hear_the_one_who_speaks_and_the_speaker_does_not()
    {
        using var mix = _engine.CreateMix();
        var (alice, a) = Member(mix, AudioCodec.Pcmu, 0);
        var (bob, _) = Member(mix, AudioCodec.Pcma, 8);
        var (carol, _) = Member(mix, AudioCodec.G722, 9);
        Assert.Equal(3, mix.Count);
        await Speak(alice, a, AudioCodec.Pcmu, 0, 440);
        Assert.InRange(await Hear(bob, AudioCodec.Pcma, 440), 4000, 9000);
        Assert.InRange(await Hear(carol, AudioCodec.G722, 440), 4000, 9000);
        Assert.True(await Hear(alice, AudioCodec.Pcmu, 440) < 100);
        Assert.Same(a, await _speaks.Task.WaitAsync(TestPhone.Patience));
    }

    [Fact]
    public async Task A_key_of_one_reaches_all_others()
    {
        using var mix = _engine.CreateMix();
        var (alice, a) = Member(mix, AudioCodec.Pcmu, 0);
        var (bob, _) = Member(mix, AudioCodec.Pcma, 8);
        await alice.Send(a.RtpPort, 0, new byte[160]);
        await alice.Send(a.RtpPort, 0, new byte[160]);
        var pressed = new byte[4];
        new TelephoneEvent(9, false, 10, 160).Write(pressed);
        await alice.Send(a.RtpPort, 101, pressed, advance: false);
        byte[] payload;
        int type;
        do
        {
            var (header, received) = await bob.Receive();
            (type, payload) = (header.PayloadType, received);
        }
        while (type != 101);
        Assert.Equal(9, payload[0]);
    }

    [Fact]
    public async Task Who_is_connected_elsewhere_has_left_and_who_is_alone_costs_no_frames()
    {
        using var mix = _engine.CreateMix();
        var (_, a) = Member(mix, AudioCodec.Pcmu, 0);
        var (bob, b) = Member(mix, AudioCodec.Pcma, 8);
        await bob.Receive();
        var (_, c) = Member(null, AudioCodec.Pcmu, 0);
        MediaEndpoint.Connect(a, c);
        Assert.Equal(1, mix.Count);
        var frames = _engine.Mixes.Frames;
        b.Play(TonePlan.Get(CallTone.Beep, ToneRegion.Europe));
        Assert.Equal(0, mix.Count);
        await bob.Receive();
        Assert.InRange(_engine.Mixes.Frames, frames, frames + 1);
        mix.Add(b);
        b.Release();
        Assert.Equal(0, mix.Count);
        mix.Add(b);
        Assert.Equal(0, mix.Count);
    }

    [Fact]
    public async Task A_mix_that_is_over_lets_everybody_go()
    {
        var mix = _engine.CreateMix();
        var (alice, a) = Member(mix, AudioCodec.Pcmu, 0);
        var (_, b) = Member(mix, AudioCodec.Pcmu, 0);
        mix.Dispose();
        mix.Dispose();
        Assert.Equal(0, mix.Count);
        mix.Add(a);
        Assert.Equal(0, mix.Count);
        MediaEndpoint.Connect(a, b);
        b.Play(TonePlan.Get(CallTone.Beep, ToneRegion.Europe));
        a.Play(TonePlan.Get(CallTone.Beep, ToneRegion.Europe));
        await alice.Receive();
        Assert.Equal(0, _engine.FaultCount);
    }

    private (TestPhone Phone, MediaEndpoint Endpoint) Member(MediaMix? mix, AudioCodec codec, byte payloadType)
    {
        var phone = new TestPhone();
        _phones.Add(phone);
        var endpoint = _engine.TryAllocate(this)!;
        endpoint.Apply(new LocalMedia(), phone.Describe(codec, payloadType));
        mix?.Add(endpoint);
        return (phone, endpoint);
    }

    private static async Task Speak(TestPhone phone, MediaEndpoint endpoint, AudioCodec codec, byte payloadType, double hertz)
    {
        using var encoder = codec.CreateEncoder();
        var samples = encoder.SampleRate / AudioCodecs.FramesPerSecond;
        for (var i = 0; i < Burst; i++)
        {
            var frame = Sine.Make(hertz, encoder.SampleRate, samples, start: i * samples);
            var payload = new byte[AudioCodecs.MaxPayload];
            await phone.Send(endpoint.RtpPort, payloadType, payload[..encoder.Encode(frame, payload)]);
        }
    }

    /// <summary>The loudest that the tone is in any tenth of a second of the next second.</summary>
    private static async Task<double> Hear(TestPhone phone, AudioCodec codec, double hertz)
    {
        using var decoder = codec.CreateDecoder();
        var tenth = new short[decoder.SampleRate / 10];
        var loudest = 0.0;
        for (var part = 0; part < 10; part++)
        {
            for (var at = 0; at < tenth.Length;)
                at += decoder.Decode((await phone.Receive()).Payload, tenth.AsSpan(at));
            loudest = Math.Max(loudest, Sine.Amplitude(tenth, hertz, decoder.SampleRate));
        }

        return loudest;
    }
}
