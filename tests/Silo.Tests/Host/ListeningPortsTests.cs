using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Tls;
using Webphone.Silo.Hosting;
using Webphone.Silo.Settings;
using Webphone.Silo.SipEdge.Media;

namespace Webphone.Silo.Tests.Host;

/// <summary>Ports that were free when <see cref="PortProbe"/> looked and are another program's when they are opened.</summary>
public sealed class ListeningPortsTests
{
    private readonly int _taken = Ports.Free();

    [Theory]
    [InlineData(ProtocolType.Udp)]
    [InlineData(ProtocolType.Tcp)]
    public void A_media_port_that_was_taken_meanwhile_is_named_with_its_setting(ProtocolType protocol)
    {
        using var other = Take(protocol);
        var refusal = Assert.Throws<StartRefusedException>(() => OpenMedia(new WebphoneOptions { WebRtcPort = _taken }));
        Assert.Equal($"{protocol.ToString().ToUpperInvariant()} port {_taken} on 127.0.0.1 (--webrtc-port) is in use by another program; stop it or choose another port.", refusal.Message);
        Assert.Equal(StartExitCode.Unavailable, refusal.ExitCode);
    }

    [Theory]
    [InlineData(ProtocolType.Udp, "sip-port")]
    [InlineData(ProtocolType.Tcp, "sip-port")]
    [InlineData(ProtocolType.Tcp, "sips-port")]
    public void A_port_of_sip_that_was_taken_meanwhile_is_named_with_its_setting(ProtocolType protocol, string setting)
    {
        using var other = Take(protocol);
        var options = setting == SettingNames.SipPort ? new WebphoneOptions { SipPort = _taken, SipsPort = 0 } : new WebphoneOptions { SipPort = 0, SipsPort = _taken };
        var refusal = Assert.Throws<StartRefusedException>(() => OpenSip(options));
        Assert.Equal($"{protocol.ToString().ToUpperInvariant()} port {_taken} on 127.0.0.1 (--{setting}) is in use by another program; stop it or choose another port.", refusal.Message);
    }

    [Fact]
    public async Task A_port_that_was_refused_is_open_to_the_next_try()
    {
        var options = new WebphoneOptions { WebRtcPort = _taken, SipPort = Ports.Free(), SipsPort = Ports.Free() };
        using (Take(ProtocolType.Tcp)) Assert.Throws<StartRefusedException>(() => OpenMedia(options));
        using (Take(ProtocolType.Tcp)) Assert.Throws<StartRefusedException>(() => OpenSip(options with { SipsPort = _taken }));
        using var media = OpenMedia(options);
        await using var sip = OpenSip(options);
        Assert.Equal([options.SipPort, options.SipPort, options.SipsPort], sip.Listening.Select(point => point.EndPoint.Port));
        sip.Counters.Dispose();
    }

    private static Webphone.Net.Media.MediaEngine OpenMedia(WebphoneOptions options) =>
        ListeningPorts.OpenMedia(options, [new MediaPlace(IPAddress.Loopback, IPAddress.Loopback)], TimeProvider.System, NullLoggerFactory.Instance);

    private static SipNetwork OpenSip(WebphoneOptions options) =>
        ListeningPorts.OpenSip(options, new SipNetworkSettings { Certificate = new SelfSignedCertificate(["localhost"], DateTimeOffset.UtcNow) }, TimeProvider.System, NullLoggerFactory.Instance);

    private Socket Take(ProtocolType protocol)
    {
        var socket = new Socket(AddressFamily.InterNetwork, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, _taken));
        if (protocol == ProtocolType.Tcp) socket.Listen();
        return socket;
    }
}
