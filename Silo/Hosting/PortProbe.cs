using System.Net;
using System.Net.Sockets;
using Webphone.Silo.Settings;

namespace Webphone.Silo.Hosting;

/// <summary>
/// Before anything starts, tries each port that will be listened on, so that a busy one is named by its setting. Another program may
/// still take it in between: then the listener's own error is told in the same words.
/// </summary>
internal static class PortProbe
{
    public static void Check(WebphoneOptions options)
    {
        foreach (var address in options.Bind)
        {
            Check(address, options.SipPort, ProtocolType.Udp, SettingNames.SipPort);
            Check(address, options.SipPort, ProtocolType.Tcp, SettingNames.SipPort);
            Check(address, options.SipsPort, ProtocolType.Tcp, SettingNames.SipsPort);
            Check(address, options.WebPort, ProtocolType.Tcp, SettingNames.WebPort);
            Check(address, options.WebRtcPort, ProtocolType.Udp, SettingNames.WebRtcPort);
            Check(address, options.WebRtcPort, ProtocolType.Tcp, SettingNames.WebRtcPort);
        }
    }

    /// <summary>Tries one port; 0 is free in any case.</summary>
    public static void Check(IPAddress address, int port, ProtocolType protocol, string setting)
    {
        if (port == 0) return;
        var endPoint = new IPEndPoint(address, port);
        try
        {
            using var socket = new Socket(address.AddressFamily, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol);
            if (address.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
            socket.Bind(endPoint);
            if (protocol == ProtocolType.Tcp) socket.Listen(1);
        }
        catch (SocketException error)
        {
            throw Refuse(endPoint, protocol, setting, error);
        }
    }

    /// <summary>A port that is free for UDP and TCP alike: phones are given one number for both.</summary>
    public static int FreeForUdpAndTcp(IPAddress address)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            using var tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            udp.Bind(new IPEndPoint(address, 0));
            var port = ((IPEndPoint)udp.LocalEndPoint!).Port;
            try
            {
                tcp.Bind(new IPEndPoint(address, port));
                return port;
            }
            catch (SocketException) when (attempt < 100)
            {
                // TCP has it; the next one then.
            }
        }
    }

    /// <summary>What is said of a port that cannot be opened.</summary>
    public static StartRefusedException Refuse(IPEndPoint endPoint, ProtocolType protocol, string setting, SocketException error)
    {
        var what = $"{protocol.ToString().ToUpperInvariant()} port {endPoint.Port} on {endPoint.Address}";
        return error.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                new StartRefusedException($"{what} (--{setting}) is in use by another program; stop it or choose another port.", StartExitCode.Unavailable, error),
            SocketError.AccessDenied =>
                new StartRefusedException($"{what} (--{setting}) needs more rights than this user has; choose a port from 1024 up.", StartExitCode.Unavailable, error),
            SocketError.AddressNotAvailable =>
                new StartRefusedException($"--{NameOfAddress(setting)} must be an address of this machine; {endPoint.Address} is none.", StartExitCode.BadSettings, error),
            _ => new StartRefusedException($"{what} (--{setting}) cannot be opened: {error.Message}", StartExitCode.Unavailable, error),
        };
    }

    private static string NameOfAddress(string port) => port is SettingNames.SiloPort or SettingNames.GatewayPort ? SettingNames.NodeAddress : SettingNames.Bind;
}
