using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Grains.Media;
using Webphone.Media.Codecs;
using Webphone.Media.Endpoints;
using Webphone.Media.Rtp;
using Webphone.Net.Media;
using Webphone.Silo.MediaNode;

namespace Webphone.Silo.Tests.MediaNode;

public sealed class LocalMediaNodeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly MediaEngine _engine = new(new MediaOptions { FirstPort = 39000, LastPort = 39399 });
    private readonly LocalMediaNode _node;

    public LocalMediaNodeTests() => _node = new LocalMediaNode("n1", _engine, new SoundLibrary(new SoundOptions(), NullLogger<SoundLibrary>.Instance));

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void An_endpoint_is_found_by_its_name_on_its_own_node_until_it_is_released()
    {
        var endpoint = _node.TryAllocate(null)!;
        var id = _node.IdOf(endpoint);
        Assert.Same(endpoint, _node.Find(id));
        Assert.Null(_node.Find(id with { Node = "n2" }));
        endpoint.Release();
        Assert.Null(_node.Find(id));
    }

    [Fact]
    public async Task What_is_asked_of_an_endpoint_that_is_gone_does_nothing()
    {
        var endpoint = _node.TryAllocate(null)!;
        var (gone, here) = (_node.IdOf(endpoint), _node.IdOf(_node.TryAllocate(null)!));
        endpoint.Release();
        await _node.Connect(gone, here);
        await _node.Disconnect(gone);
        await _node.Play(gone, MediaSource.OfTone(ProgressTone.Busy));
        await _node.Echo(gone);
        Assert.Equal(1, _engine.Count);
    }

    [Fact]
    public async Task A_tone_that_a_grain_asks_for_reaches_the_phone()
    {
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await _node.Play(Endpoint(phone), MediaSource.OfTone(ProgressTone.Ringback));
        Assert.Equal(8, (await Receive(phone)).PayloadType);
    }

    [Fact]
    public async Task Endpoints_that_a_grain_connects_hear_each_other_and_disconnected_ones_do_not()
    {
        using var alice = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var bob = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var (a, b) = (Endpoint(alice), Endpoint(bob));
        await _node.Connect(a, b);
        await Send(alice, a, 1);
        await Send(alice, a, 2);
        Assert.Equal(160, (await Receive(bob)).PayloadLength);
        await _node.Disconnect(a);
        await Send(alice, a, 3);
        await _node.Play(b, MediaSource.OfTone(ProgressTone.Beep));
        // The next thing heard is the beep: new to the stream, so it is marked.
        Assert.True((await Receive(bob)).Marker);
    }

    [Fact]
    public async Task An_echo_gives_the_phone_its_own_packets()
    {
        using var alice = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var a = Endpoint(alice);
        await _node.Echo(a);
        await Send(alice, a, 1);
        await Send(alice, a, 2);
        Assert.Equal(160, (await Receive(alice)).PayloadLength);
    }

    [Fact]
    public async Task Endpoints_of_two_nodes_hear_each_other_by_a_link_made_in_three_messages()
    {
        using var farEngine = new MediaEngine(new MediaOptions { FirstPort = 39400, LastPort = 39599 });
        var farNode = new LocalMediaNode("n2", farEngine, new SoundLibrary(new SoundOptions(), NullLogger<SoundLibrary>.Instance));
        using var alice = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var bob = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var (a, b) = (Endpoint(alice), Endpoint(bob, farNode));
        var near = (await _node.OpenLink(a, null)).End!;
        var far = (await farNode.OpenLink(b, near)).End!;
        await _node.CompleteLink(a, near, far);

        using var limit = new CancellationTokenSource(Patience);
        var hearing = bob.ReceiveAsync(limit.Token).AsTask();
        for (ushort sequence = 1; !hearing.IsCompleted; sequence++)
        {
            await Send(alice, a, sequence);
            await Task.WhenAny(hearing, Task.Delay(20, limit.Token));
        }

        Assert.True(RtpHeader.TryParse((await hearing).Buffer, out var header, out _));
        Assert.Equal((8, 160), (header.PayloadType, header.PayloadLength));
    }

    [Fact]
    public async Task A_link_is_refused_to_an_end_that_cannot_be_reached_or_has_no_key_and_an_endpoint_that_is_gone_has_none()
    {
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var a = Endpoint(phone);
        var key = new byte[MediaLink.KeySize];
        Assert.Equal(LinkOutcome.Refused, (await _node.OpenLink(a, new LinkEnd(new IPEndPoint(IPAddress.IPv6Loopback, 5000), [.. key]))).Outcome);
        Assert.Equal(LinkOutcome.Refused, (await _node.OpenLink(a, new LinkEnd(new IPEndPoint(IPAddress.Loopback, 5000), [1, 2]))).Outcome);
        Assert.Equal(1, _engine.Count);
        Assert.Equal(LinkOutcome.EndpointGone, (await _node.OpenLink(a with { Number = 99 }, null)).Outcome);
        Assert.Equal(LinkOutcome.EndpointGone, (await _node.OpenLink(a with { Node = "n2" }, null)).Outcome);
    }

    [Fact]
    public async Task A_link_that_was_given_up_meanwhile_is_not_completed()
    {
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var a = Endpoint(phone);
        var old = (await _node.OpenLink(a, null)).End!;
        var current = (await _node.OpenLink(a, null)).End!;
        await _node.CompleteLink(a, old, current);
        Assert.Equal(0, MediaLink.Of(_node.Find(a)!)!.Statistics.PacketsSent);
        Assert.NotEqual(old.Address, current.Address);
        Assert.DoesNotContain(Convert.ToHexString(old.Key.AsSpan()), old.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_phone_that_answers_on_another_node_is_heard_by_the_end_that_waited_for_it()
    {
        using var farEngine = new MediaEngine(new MediaOptions { FirstPort = 39600, LastPort = 39799 });
        var farNode = new LocalMediaNode("n2", farEngine, new SoundLibrary(new SoundOptions(), NullLogger<SoundLibrary>.Instance));
        using var alice = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var bob = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var (a, b) = (Endpoint(alice), Endpoint(bob, farNode));
        var near = (await _node.PrepareLink(a))!;
        var again = (await _node.PrepareLink(a))!;
        Assert.Equal((near.Address, Convert.ToHexString(near.Key.AsSpan())), (again.Address, Convert.ToHexString(again.Key.AsSpan())));
        var far = farNode.Link(b, near)!;
        Assert.True(await _node.JoinPrepared(a, near, far));

        using var limit = new CancellationTokenSource(Patience);
        var hearing = bob.ReceiveAsync(limit.Token).AsTask();
        for (ushort sequence = 1; !hearing.IsCompleted; sequence++)
        {
            await Send(alice, a, sequence);
            await Task.WhenAny(hearing, Task.Delay(20, limit.Token));
        }

        Assert.True(RtpHeader.TryParse((await hearing).Buffer, out var header, out _));
        Assert.Equal((8, 160), (header.PayloadType, header.PayloadLength));
        _node.Find(a)!.Release();
        Assert.Equal(0, _engine.Count);
    }

    [Fact]
    public async Task No_end_waits_for_an_endpoint_that_is_gone_and_none_is_joined_without_a_key_or_a_way()
    {
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var a = Endpoint(phone);
        Assert.Null(await _node.PrepareLink(a with { Number = 99 }));
        Assert.Null(await _node.PrepareLink(a with { Node = "n2" }));
        var waiting = (await _node.PrepareLink(a))!;
        var key = waiting.Key;
        Assert.False(await _node.JoinPrepared(a, waiting, new LinkEnd(new IPEndPoint(IPAddress.Loopback, 5000), [1, 2])));
        Assert.False(await _node.JoinPrepared(a, waiting, new LinkEnd(new IPEndPoint(IPAddress.IPv6Loopback, 5000), key)));
        Assert.False(await _node.JoinPrepared(a with { Number = 99 }, waiting, new LinkEnd(new IPEndPoint(IPAddress.Loopback, 5000), key)));
        Assert.Null(MediaLink.Of(_node.Find(a)!));
        Assert.NotNull((await _node.OpenLink(a, null)).End);
        Assert.False(await _node.JoinPrepared(a, waiting, new LinkEnd(new IPEndPoint(IPAddress.Loopback, 5000), key)));
        Assert.Equal(2, _engine.Count);
    }

    private EndpointId Endpoint(UdpClient phone) => Endpoint(phone, _node);

    private static EndpointId Endpoint(UdpClient phone, LocalMediaNode node)
    {
        var endpoint = node.TryAllocate(null)!;
        endpoint.Apply(new LocalMedia(), new RemoteMedia
        {
            Rtp = (IPEndPoint)phone.Client.LocalEndPoint!,
            Codecs = [new RtpCodec(AudioCodec.Pcma, 8)],
        });
        return node.IdOf(endpoint);
    }

    private async Task Send(UdpClient phone, EndpointId to, ushort sequence)
    {
        var packet = new byte[172];
        new RtpHeader(8, false, sequence, sequence * 160u, 7).Write(packet);
        await phone.SendAsync(packet, new IPEndPoint(IPAddress.Loopback, _node.Find(to)!.RtpPort));
    }

    private static async Task<RtpHeader> Receive(UdpClient phone)
    {
        using var limit = new CancellationTokenSource(Patience);
        var datagram = (await phone.ReceiveAsync(limit.Token)).Buffer;
        Assert.True(RtpHeader.TryParse(datagram, out var header, out _));
        return header;
    }
}
