using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Webphone.Net.Media;
using Webphone.Net.Media.WebRtc;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Limits;
using Webphone.Silo.Settings;
using Webphone.Silo.SipEdge.Media;
using Webphone.Sip.Messages;

namespace Webphone.Silo.Hosting;

/// <summary>
/// Opens the ports of browsers' media and of SIP. One that another program took since <see cref="PortProbe"/> looked is named by its setting;
/// where any free one may be taken, another is.
/// </summary>
internal static class ListeningPorts
{
    private const int MostChoices = 20;

    /// <exception cref="StartRefusedException">The port of browsers' media cannot be opened.</exception>
    public static MediaEngine OpenMedia(WebphoneOptions options, IReadOnlyList<MediaPlace> places, TimeProvider time, ILoggerFactory loggers)
    {
        for (var choice = 1; ; choice++)
        {
            try
            {
                return new MediaEngine(MediaOf(options, places), time, loggers.CreateLogger<MediaEngine>());
            }
            catch (WebRtcBindException refused)
            {
                if (IsChosenAnew(options.WebRtcPort, choice, refused.Cause)) continue;
                throw PortProbe.Refuse(refused.EndPoint, refused.Protocol, SettingNames.WebRtcPort, refused.Cause);
            }
        }
    }

    /// <param name="options">Where to listen.</param>
    /// <param name="settings">All but where to listen, which is set here.</param>
    /// <exception cref="StartRefusedException">A port of SIP cannot be opened.</exception>
    public static SipNetwork OpenSip(WebphoneOptions options, SipNetworkSettings settings, TimeProvider time, ILoggerFactory loggers)
    {
        var counters = new TransportCounters();
        for (var choice = 1; ; choice++)
        {
            settings.Listen = PointsOf(options);
            var network = new SipNetwork(settings, time, counters, new WireTrace(loggers.CreateLogger<WireTrace>()), loggers.CreateLogger<SipNetwork>());
            try
            {
                network.Bind();
                return network;
            }
            catch (SipBindException refused)
            {
                var (port, name) = refused.Point.Transport == SipTransport.Tls ? (options.SipsPort, SettingNames.SipsPort) : (options.SipPort, SettingNames.SipPort);
                if (IsChosenAnew(port, choice, refused.Cause)) continue;
                counters.Dispose();
                throw PortProbe.Refuse(refused.Point.EndPoint, refused.Point.Transport == SipTransport.Udp ? ProtocolType.Udp : ProtocolType.Tcp, name, refused.Cause);
            }
        }
    }

    private static bool IsChosenAnew(int port, int choice, SocketException cause) =>
        port == 0 && choice < MostChoices && cause.SocketErrorCode == SocketError.AddressAlreadyInUse;

    private static List<SipListenPoint> PointsOf(WebphoneOptions options)
    {
        var points = new List<SipListenPoint>();
        foreach (var address in options.Bind)
        {
            var port = options.SipPort != 0 ? options.SipPort : PortProbe.FreeForUdpAndTcp(address);
            points.Add(new SipListenPoint(SipTransport.Udp, new IPEndPoint(address, port)));
            points.Add(new SipListenPoint(SipTransport.Tcp, new IPEndPoint(address, port)));
            points.Add(new SipListenPoint(SipTransport.Tls, new IPEndPoint(address, options.SipsPort)));
        }

        return points;
    }

    private static MediaOptions MediaOf(WebphoneOptions options, IReadOnlyList<MediaPlace> places) => new()
    {
        BindAddress = places[0].Bind,
        AdvertisedAddress = places[0].Advertised,
        WebRtc = new WebRtcSettings
        {
            Port = options.WebRtcPort != 0 ? options.WebRtcPort : PortProbe.FreeForUdpAndTcp(places[0].Bind),
            Places = [.. places.Select(place => (place.Bind, place.Advertised))],
        },
        FirstPort = options.RtpPorts.First,
        LastPort = options.RtpPorts.Last,
        RtpTimeout = options.RtpTimeout,
    };
}
