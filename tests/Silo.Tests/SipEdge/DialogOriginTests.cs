using System.Net;
using System.Net.Sockets;
using System.Text;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Requests with a dialog's right tags, and where they come from.</summary>
public sealed class DialogOriginTests
{
    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.2");

    [Theory]
    [InlineData("BYE")]
    [InlineData("INVITE")]
    [InlineData("INFO")]
    public async Task Who_knows_the_tags_but_sends_from_another_address_is_refused(string method)
    {
        await using var world = await EdgeWorld.Start();
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        using var stranger = new UdpClient(new IPEndPoint(Elsewhere, 0));
        await stranger.SendAsync(InDialog(world, calling, method), world.Udp);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var answer = Encoding.UTF8.GetString((await stranger.ReceiveAsync(limit.Token)).Buffer);
        Assert.StartsWith("SIP/2.0 403", answer, StringComparison.Ordinal);
        calling.Offer(TestSdp.Offer(version: 2));
        await calling.Next(SessionEventKind.Answer);
        ringing.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await calling.Next(SessionEventKind.Ended)).End);
        await world.Over();
    }

    [Fact]
    public async Task Another_port_of_the_same_address_goes_on()
    {
        await using var world = await EdgeWorld.Start();
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        using var rebound = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await rebound.SendAsync(InDialog(world, calling, "BYE"), world.Udp);
        Assert.Equal(SessionEnd.RemoteBye, (await ringing.Next(SessionEventKind.Ended)).End);
    }

    [Fact]
    public async Task A_phone_that_registered_anew_from_another_address_goes_on_from_there()
    {
        await using var world = await EdgeWorld.Start();
        var (calling, ringing) = await EdgeWorld.Connected(await world.Registered("101"), await world.Registered("102"));
        var other = await world.Registered("103", from: Elsewhere);
        Assert.True(other.Network.Send(other.Flow, InDialog(world, calling, "BYE")));
        var moved = await world.Registered("101", from: Elsewhere);
        calling.Offer(TestSdp.Offer(version: 2));
        await calling.Next(SessionEventKind.Answer);
        Assert.True(moved.Network.Send(moved.Flow, InDialog(world, calling, "BYE")));
        Assert.Equal(SessionEnd.RemoteBye, (await ringing.Next(SessionEventKind.Ended)).End);
    }

    /// <summary>A request as the caller's phone would send it, but for where it comes from.</summary>
    private static byte[] InDialog(EdgeWorld world, TestCall call, string method)
    {
        var dialog = call.Session.Dialog!;
        var lines = $"{method} {Encoding.UTF8.GetString(dialog.RemoteTarget)} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{Guid.NewGuid():N}\r\n"
            + $"Max-Forwards: 70\r\nFrom: {Encoding.UTF8.GetString(dialog.Local)}\r\nTo: {Encoding.UTF8.GetString(dialog.Remote)}\r\n"
            + $"Call-ID: {Encoding.UTF8.GetString(dialog.CallId)}\r\nCSeq: {dialog.LocalCSeq + 50} {method}\r\nContact: <sip:x@{world.Udp}>\r\nContent-Length: 0\r\n\r\n";
        return Encoding.UTF8.GetBytes(lines);
    }
}
