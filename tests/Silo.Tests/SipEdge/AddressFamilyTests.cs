using System.Net;
using System.Net.Sockets;
using System.Text;
using Webphone.Net.Sip;
using Webphone.Sip.Messages;
using Webphone.Sip.Sdp;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

public sealed class AddressFamilyTests
{
    private ushort _sequence;

    [Fact]
    public async Task A_phone_by_ipv6_and_one_by_ipv4_hear_each_other()
    {
        await using var world = await EdgeWorld.Start(static (settings, _) =>
            settings.Listen = [.. settings.Listen, new SipListenPoint(SipTransport.Udp, new IPEndPoint(IPAddress.IPv6Loopback, 0))]);
        var (ann, bob) = (await world.Registered("101", from: IPAddress.IPv6Loopback), await world.Registered("102"));
        using var hers = new UdpClient(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        using var his = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var calling = await ann.Call("102", TestSdp.Offer(address: "::1", port: PortOf(hers)));
        var ringing = await bob.NextCall();
        var towardsBob = Media(ringing.Invite!);
        Assert.Equal(AddressFamily.InterNetwork, towardsBob.AddressFamily);
        ringing.Answer(TestSdp.Offer(port: PortOf(his)));
        var towardsAnn = Media((await calling.Next(SessionEventKind.Answered)).Message!);
        Assert.Equal(AddressFamily.InterNetworkV6, towardsAnn.AddressFamily);
        await ringing.Next(SessionEventKind.Acknowledged);
        await Hears(his, () => hers.Send(Rtp(1), towardsAnn), 1);
        await Hears(hers, () => his.Send(Rtp(2), towardsBob), 2);
        calling.Hangup();
        await world.Over();
    }

    private static int PortOf(UdpClient client) => ((IPEndPoint)client.Client.LocalEndPoint!).Port;

    private static IPEndPoint Media(SipMessage message)
    {
        Assert.True(SdpSession.TryParse(message.Body.Span, out var session, out _), Encoding.UTF8.GetString(message.Body.Span));
        return new IPEndPoint(IPAddress.Parse(session!.ConnectionOf(session.Media[0])!.Address), session.Media[0].Port);
    }

    /// <summary>Speaks until the other hears the voice: the first packets may come before the legs are joined.</summary>
    private static async Task Hears(UdpClient listener, Action speak, byte voice)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var hearing = listener.ReceiveAsync(limit.Token).AsTask();
        while (true)
        {
            speak();
            if (await Task.WhenAny(hearing, Task.Delay(20, limit.Token)) != hearing)
                continue;
            var packet = (await hearing).Buffer;
            if (packet.Length == 172 && packet[171] == voice)
                return;
            hearing = listener.ReceiveAsync(limit.Token).AsTask();
        }
    }

    /// <summary>20 ms of PCMU.</summary>
    private byte[] Rtp(byte voice)
    {
        var packet = new byte[172];
        packet[0] = 0x80;
        _sequence++;
        (packet[2], packet[3]) = ((byte)(_sequence >> 8), (byte)_sequence);
        var timestamp = _sequence * 160;
        (packet[5], packet[6], packet[7]) = ((byte)(timestamp >> 16), (byte)(timestamp >> 8), (byte)timestamp);
        packet[11] = voice;
        packet.AsSpan(12).Fill(voice);
        return packet;
    }
}
