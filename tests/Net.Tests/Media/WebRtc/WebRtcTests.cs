using System.Net;
using System.Net.Sockets;
using Webphone.Media.Codecs;
using Webphone.Media.Dtls;
using Webphone.Media.Endpoints;
using Webphone.Media.Ice;
using Webphone.Media.Rtp;
using Webphone.Media.Srtp;
using Webphone.Net.Media;
using Webphone.Net.Media.WebRtc;
using Webphone.Net.Tests.Sip;

namespace Webphone.Net.Tests.Media.WebRtc;

public abstract class WebRtcTests : IMediaObserver, IAsyncDisposable
{
    private readonly MediaEngine _engine;
    private readonly IPEndPoint _server;
    private readonly List<TestBrowser> _browsers = [];
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _back = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected WebRtcTests(IPAddress address, bool portable)
    {
        _server = new IPEndPoint(address, Ports.Free());
        _engine = new MediaEngine(new MediaOptions
        {
            FirstPort = 44000,
            LastPort = 44999,
            PortableSockets = portable,
            WebRtc = new WebRtcSettings { Port = _server.Port, Places = [(address, address)], MaxConnectionsPerAddress = 3, TimeToProve = TimeSpan.FromSeconds(1) },
        });
    }

    private WebRtcCounters Counters => _engine.WebRtc!.Counters;

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in _browsers)
            await browser.DisposeAsync();
        Assert.Equal(0, _engine.FaultCount);
        _engine.Dispose();
        GC.SuppressFinalize(this);
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

    void IMediaObserver.OnLost(MediaEndpoint endpoint) => _lost.TrySetResult();

    void IMediaObserver.OnBack(MediaEndpoint endpoint) => _back.TrySetResult();

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm, false)]
    [InlineData(SrtpProfile.AeadAes256Gcm, false)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, false)]
    [InlineData(SrtpProfile.AeadAes128Gcm, true)]
    public async Task A_browser_that_proved_its_path_and_who_it_is_hears_itself(SrtpProfile profile, bool tcp)
    {
        var endpoint = Echo();
        var browser = Browser(tcp: tcp, profiles: [profile]);
        await Connect(endpoint, browser);
        await HearsItself(browser);
        Assert.True(endpoint.WebRtc!.IsUp);
        Assert.Equal(0, Counters.Total);
        endpoint.Release();
        Assert.Equal(0, _engine.WebRtc!.Sessions);
    }

    [Fact]
    public async Task A_hello_that_comes_in_fragments_is_put_together()
    {
        var endpoint = Echo();
        var browser = new TestBrowser(_server, maxDatagram: 256);
        _browsers.Add(browser);
        await Connect(endpoint, browser);
        await HearsItself(browser);
    }

    [Fact]
    public async Task Two_browsers_share_the_port_and_hear_each_other()
    {
        var (first, second) = (_engine.TryAllocateWebRtc()!, _engine.TryAllocateWebRtc()!);
        var (alice, bob) = (Browser(), Browser());
        await Connect(first, alice);
        await Connect(second, bob);
        MediaEndpoint.Connect(first, second);
        await Hears(alice, bob);
        await Hears(bob, alice);
    }

    [Fact]
    public async Task A_page_that_is_loaded_anew_takes_the_endpoint_over_and_the_old_one_is_heard_until_then()
    {
        var endpoint = Echo();
        var before = Browser();
        await Connect(endpoint, before);
        await HearsItself(before);
        var after = Browser(certificate: DtlsCertificate.Make(DateTimeOffset.UtcNow), ssrc: 99);
        var description = endpoint.WebRtc!.Prepare()!;
        endpoint.WebRtc.Start(after.Description);
        await HearsItself(before);
        await after.ConnectAsync(description);
        await HearsItself(after);
        Assert.Equal(1, _engine.WebRtc!.Sessions);
        var foreign = Counters[WebRtcDrop.ForeignSource];
        before.Send(new byte[160]);
        await Eventually.True(() => Counters[WebRtcDrop.ForeignSource] > foreign);
    }

    [Fact]
    public async Task After_an_ice_restart_the_association_goes_on_over_the_new_path()
    {
        var endpoint = Echo();
        var browser = Browser();
        await Connect(endpoint, browser);
        await HearsItself(browser);
        browser.Move();
        var description = endpoint.WebRtc!.Prepare()!;
        endpoint.WebRtc.Start(browser.Description);
        Assert.Equal(0, await browser.CheckAsync(description));
        await HearsItself(browser);
    }

    [Fact]
    public async Task A_path_is_moved_by_a_check_with_the_password_and_by_nothing_else()
    {
        var endpoint = Echo();
        var browser = Browser();
        var description = await Connect(endpoint, browser);
        await HearsItself(browser);
        var stranger = Browser();
        var forged = description with { Credentials = IceCredentials.Make(new byte[IceCredentials.RandomSize]) };
        _ = stranger.CheckAsync(forged);
        await Eventually.True(() => Counters[WebRtcDrop.UnknownSession] > 0);
        _ = stranger.CheckAsync(description);
        stranger.SendCheck(nominate: true, "wrong-password-of-22-characters");
        await Eventually.True(() => Counters[WebRtcDrop.ForgedCheck] > 0);
        await HearsItself(browser);
    }

    [Fact]
    public async Task What_strangers_and_bad_keys_send_is_counted_and_the_call_goes_on()
    {
        var endpoint = Echo();
        var browser = new TestBrowser(_server) { Sent = [] };
        _browsers.Add(browser);
        await Connect(endpoint, browser);
        await HearsItself(browser);
        using var stranger = new Socket(_server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        using var context = new DtlsContext(DtlsCertificate.Make(DateTimeOffset.UtcNow));
        using var hello = new DtlsConnection(context, DtlsRole.Client);
        hello.Start();
        Assert.True(hello.TryTake(out var datagram));
        var helloBytes = datagram.ToArray();
        stranger.SendTo(helloBytes, _server);
        stranger.SendTo(browser.Sent[0], _server);
        stranger.SendTo([0xFF, 1, 2, 3, 4, 5, 6, 7, 8], _server);
        stranger.SendTo([0, 1, 0, 0, 1, 2, 3, 4], _server);
        await Eventually.True(() => Counters[WebRtcDrop.ForeignSource] == 2 && Counters[WebRtcDrop.Junk] == 2);
        // A hello that is not due, from the very address of the browser.
        browser.SendRaw(helloBytes);
        await Eventually.True(() => Counters[WebRtcDrop.UnexpectedHello] == 1);
        var bad = new byte[12 + 160 + 16];
        for (var i = 0; i < 10_000; i++)
        {
            new RtpHeader(0, false, (ushort)(5000 + i), 0, 77).Write(bad);
            browser.SendRaw(bad);
            if (i % 100 == 99)
                await Eventually.True(() => endpoint.Statistics.Drops.BadTag >= i + 1);
        }
        foreach (var sent in browser.Sent.ToArray())
            browser.SendRaw(sent);
        await Eventually.True(() => endpoint.Statistics.Drops.Replayed >= 5);
        Assert.Equal(10_000, endpoint.Statistics.Drops.BadTag);
        await HearsItself(browser);
    }

    [Fact]
    public async Task A_peer_with_another_certificate_than_its_description_named_gets_no_media()
    {
        var endpoint = Echo();
        var browser = Browser();
        var description = endpoint.WebRtc!.Prepare()!;
        var other = DtlsCertificate.Make(DateTimeOffset.UtcNow).Fingerprint;
        endpoint.WebRtc.Start(browser.Description with { Fingerprints = [other] });
        await browser.ConnectAsync(description);
        await Eventually.True(() => Counters[WebRtcDrop.WrongCertificate] == 1);
        browser.Send(new byte[160]);
        await Eventually.True(() => Counters[WebRtcDrop.NotKeyed] == 1);
        Assert.False(endpoint.WebRtc.IsUp);
    }

    [Fact]
    public async Task Who_offers_waits_with_open_arms_for_checks_and_hands_before_the_answer_comes()
    {
        var endpoint = Echo();
        var browser = Browser();
        await browser.ConnectAsync(endpoint.WebRtc!.Prepare()!);
        Assert.False(endpoint.WebRtc.IsUp);
        endpoint.WebRtc.Start(browser.Description);
        Assert.True(endpoint.WebRtc.IsUp);
        await HearsItself(browser);
    }

    [Fact]
    public async Task That_a_browser_is_there_is_told_when_it_has_shown_who_it_is_and_not_before()
    {
        var endpoint = Echo();
        var browser = Browser();
        var description = endpoint.WebRtc!.Prepare()!;
        endpoint.WebRtc.Start(browser.Description);
        await browser.CheckAsync(description);
        Assert.False(endpoint.WebRtc.IsUp);
        Assert.False(_back.Task.IsCompleted);
        await browser.ConnectAsync(description);
        await _back.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(endpoint.WebRtc.IsUp);
    }

    [Fact]
    public async Task A_browser_that_falls_silent_is_lost_and_back_when_it_is_heard()
    {
        var endpoint = Echo();
        var browser = Browser();
        var description = await Connect(endpoint, browser);
        await HearsItself(browser);
        await _back.Task.WaitAsync(TimeSpan.FromSeconds(10));
        _back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _lost.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(endpoint.WebRtc!.IsUp);
        Assert.False(_back.Task.IsCompleted);
        await browser.CheckAsync(description);
        await _back.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await HearsItself(browser);
    }

    [Fact]
    public async Task A_browser_that_closes_is_lost_at_once()
    {
        var endpoint = Echo();
        var browser = Browser();
        await Connect(endpoint, browser);
        browser.Close();
        await _lost.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Connections_that_prove_nothing_or_are_too_many_are_ended()
    {
        var idle = new List<Socket>();
        for (var i = 0; i < 5; i++)
        {
            var socket = new Socket(_server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(_server);
            idle.Add(socket);
        }
        foreach (var socket in idle)
        {
            Assert.Equal(0, await EndOf(socket).WaitAsync(TimeSpan.FromSeconds(10)));
            socket.Dispose();
        }
        await Eventually.True(() => Counters[WebRtcDrop.RefusedConnection] == 5 && _engine.WebRtc!.Connections == 0);
        // A frame longer than any of ours.
        using var wild = new Socket(_server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await wild.ConnectAsync(_server);
        await wild.SendAsync(new byte[] { 0xFF, 0xFF, 1 });
        Assert.Equal(0, await EndOf(wild).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    private static async Task<int> EndOf(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private TestBrowser Browser(bool tcp = false, DtlsCertificate? certificate = null, IReadOnlyList<SrtpProfile>? profiles = null, uint ssrc = 77)
    {
        var browser = new TestBrowser(_server, tcp, certificate, profiles, ssrc);
        _browsers.Add(browser);
        return browser;
    }

    private MediaEndpoint Echo()
    {
        var endpoint = _engine.TryAllocateWebRtc(this)!;
        Negotiate(endpoint);
        endpoint.Echo();
        return endpoint;
    }

    private static void Negotiate(MediaEndpoint endpoint)
    {
        endpoint.WebRtc!.Apply(new LocalMedia { Codecs = [new RtpCodec(AudioCodec.Pcmu, 0)] }, new RemoteMedia { Codecs = [new RtpCodec(AudioCodec.Pcmu, 0)] });
        endpoint.SetDirection(MediaDirection.SendReceive);
    }

    private static async Task<LocalTransport> Connect(MediaEndpoint endpoint, TestBrowser browser)
    {
        Negotiate(endpoint);
        var description = endpoint.WebRtc!.Prepare()!;
        endpoint.WebRtc.Start(browser.Description);
        await browser.ConnectAsync(description);
        await Eventually.True(() => endpoint.WebRtc.IsUp);
        return description;
    }

    private static Task HearsItself(TestBrowser browser) => Hears(browser, browser);

    /// <summary>What one says, the other hears: several packets, since the first of a stream is on probation.</summary>
    private static async Task Hears(TestBrowser speaker, TestBrowser listener)
    {
        while (listener.TryReceive(out _))
        {
        }
        var mark = (byte)Random.Shared.Next(256);
        for (var i = 0; i < 5; i++)
            speaker.Send(Enumerable.Repeat(mark, 160).ToArray());
        for (var heard = 0; heard < 3;)
        {
            var (header, payload) = await listener.ReceiveAsync();
            Assert.Equal(0, header.PayloadType);
            heard += payload.All(value => value == mark) ? 1 : 0;
        }
    }
}

public sealed class EpollWebRtcTests() : WebRtcTests(IPAddress.Loopback, portable: false);

public sealed class PortableWebRtcTests() : WebRtcTests(IPAddress.Loopback, portable: true);

public sealed class InternetProtocol6WebRtcTests() : WebRtcTests(IPAddress.IPv6Loopback, portable: false);
