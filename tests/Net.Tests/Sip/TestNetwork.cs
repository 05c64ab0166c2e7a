using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Limits;
using Webphone.Net.Sip.Tls;
using Webphone.Sip.Messages;

namespace Webphone.Net.Tests.Sip;

/// <summary>A network on loopback ports of the system's choice, its receiver, and clients for it.</summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    public const string Message = "OPTIONS sip:x SIP/2.0\r\nContent-Length: 4\r\n\r\nbody";
    public const string Malformed = "BAD sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n";

    private readonly SipNetworkSettings _settings = new();

    private TestNetwork(Action<SipNetworkSettings>? configure, TimeProvider? time, IPAddress address)
    {
        Certificate = new SelfSignedCertificate(["localhost", "127.0.0.1"], DateTimeOffset.UtcNow);
        _settings.Certificate = Certificate;
        _settings.Listen =
        [
            new(SipTransport.Udp, new IPEndPoint(address, 0)),
            new(SipTransport.Tcp, new IPEndPoint(address, 0)),
            new(SipTransport.Tls, new IPEndPoint(address, 0)),
        ];
        configure?.Invoke(_settings);
        Network = new SipNetwork(
            _settings, time ?? TimeProvider.System, new TransportCounters(), new WireTrace(NullLogger<WireTrace>.Instance), NullLogger<SipNetwork>.Instance);
    }

    public SelfSignedCertificate Certificate { get; }

    public SipNetwork Network { get; }

    public CollectingReceiver Receiver { get; } = new();

    public IPEndPoint Udp => Network.Listening[0].EndPoint;

    public IPEndPoint Tcp => Network.Listening[1].EndPoint;

    public IPEndPoint Tls => Network.Listening[2].EndPoint;

    public long Count(TransportCount count) => Network.Counters[count];

    public static TestNetwork Start(Action<SipNetworkSettings>? configure = null, TimeProvider? time = null, IPAddress? address = null)
    {
        var network = new TestNetwork(configure, time, address ?? IPAddress.Loopback);
        network.Network.Bind();
        network.Network.Start(network.Receiver);
        return network;
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public UdpClient ConnectUdp()
    {
        var client = new UdpClient(Udp.AddressFamily);
        client.Connect(Udp);
        return client;
    }

    public async Task<NetworkStream> ConnectTcp()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Tcp);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async Task<SslStream> ConnectTls()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Tls);
        var stream = new SslStream(
            new NetworkStream(socket, ownsSocket: true), false, (_, presented, _, _) => presented?.GetCertHashString() == Certificate.Certificate.GetCertHashString());
        await stream.AuthenticateAsClientAsync("localhost");
        return stream;
    }

    public static async Task<string> Read(Stream stream, int length)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[length];
        await stream.ReadExactlyAsync(buffer, limit.Token);
        return Encoding.UTF8.GetString(buffer);
    }

    /// <summary>Reads until the server closes.</summary>
    public static async Task AwaitEnd(Stream stream)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, limit.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    public ValueTask DisposeAsync()
    {
        Network.Counters.Dispose();
        return Network.DisposeAsync();
    }
}
