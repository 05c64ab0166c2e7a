using System.Net;
using System.Net.Sockets;
using System.Text;
using Webphone.Media.Rtp;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>A caller on the node where calls live, and phones on another.</summary>
public sealed class TwoNodesTests : IAsyncLifetime
{
    private EdgeWorld _near = null!;
    private EdgeWorld _far = null!;

    public async ValueTask InitializeAsync()
    {
        _near = await EdgeWorld.Start();
        _far = await _near.StartAnother();
    }

    public async ValueTask DisposeAsync()
    {
        await _far.DisposeAsync();
        await _near.DisposeAsync();
    }

    [Fact]
    public async Task Phones_of_two_nodes_hear_each_other_by_a_link_that_waited_while_one_rang()
    {
        using var alice = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var bob = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var caller = await _near.Registered("101");
        var callee = await _far.Registered("102");
        var outgoing = await caller.Call("102", Offer(alice));
        var incoming = await callee.NextCall();
        AssertWaiting();
        incoming.Answer(Offer(bob));
        var answered = await outgoing.Next(SessionEventKind.Answered);
        await incoming.Next(SessionEventKind.Acknowledged);

        await Hears(alice, PortOf(answered.Message!.Body), bob);
        await Hears(bob, PortOf(incoming.Invite!.Body), alice);
        Assert.Equal((2, 2), (_near.Endpoints, _far.Endpoints));
        outgoing.Hangup();
        await NothingIsLeft();
    }

    [Fact]
    public async Task Of_a_call_that_is_refused_no_end_is_left()
    {
        var (_, incoming) = await Ringing();
        incoming.Reject(486);
        await NothingIsLeft();
    }

    [Fact]
    public async Task Of_a_call_that_is_cancelled_no_end_is_left()
    {
        var (outgoing, _) = await Ringing();
        outgoing.Hangup();
        await NothingIsLeft();
    }

    [Fact]
    public async Task When_a_phone_of_the_callers_node_answers_the_end_that_waited_for_another_goes_at_once()
    {
        var near = await _near.Registered("102");
        var (outgoing, _) = await Ringing(near);
        (await near.NextCall()).Answer();
        await outgoing.Next(SessionEventKind.Answered);
        await Eventually.True(() => (_near.Endpoints, _far.Endpoints) == (2, 0));
        outgoing.Hangup();
        await NothingIsLeft();
    }

    [Fact]
    public async Task Who_is_sent_into_a_conference_after_the_answer_leaves_no_end_behind()
    {
        var (outgoing, incoming) = await Ringing();
        incoming.Answer();
        await outgoing.Next(SessionEventKind.Answered);
        outgoing.Refer($"<sip:99950@{TestDirectory.Domain}>");
        await _near.Members("99950", 1);
        // The mix is where its first member is.
        await Eventually.True(() => (_near.Endpoints, _far.Endpoints) == (0, 1));
        incoming.Hangup();
        await NothingIsLeft();
    }

    private async Task<(TestCall Outgoing, TestCall Incoming)> Ringing(TestPhone? near = null)
    {
        var caller = await _near.Registered("101");
        var callee = await _far.Registered("102");
        var outgoing = await caller.Call("102");
        var incoming = await callee.NextCall();
        if (near is null)
            AssertWaiting();
        else
            await Eventually.True(() => (_near.Endpoints, _far.Endpoints) == (3, 1));
        return (outgoing, incoming);
    }

    /// <summary>The near node has an end that waits, beside the endpoint of its leg.</summary>
    private void AssertWaiting() => Assert.Equal((2, 1), (_near.Endpoints, _far.Endpoints));

    private async Task NothingIsLeft()
    {
        await _near.AllOver();
        await Eventually.True(() => _far.Edge.Legs == 0 && _far.Endpoints == 0);
    }

    private static string Offer(UdpClient phone) => TestSdp.Offer(port: ((IPEndPoint)phone.Client.LocalEndPoint!).Port);

    private static int PortOf(ReadOnlyMemory<byte> description) =>
        int.Parse(Encoding.UTF8.GetString(description.Span).Split("m=audio ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Says it until it is heard: the first packets of a stream are on probation.</summary>
    private static async Task Hears(UdpClient from, int port, UdpClient to)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var hearing = Audio(to, limit.Token);
        var packet = new byte[RtpHeader.FixedSize + 160];
        for (ushort sequence = 1; !hearing.IsCompleted; sequence++)
        {
            new RtpHeader(0, false, sequence, sequence * 160u, 7).Write(packet);
            await from.SendAsync(packet, new IPEndPoint(IPAddress.Loopback, port), limit.Token);
            await Task.WhenAny(hearing, Task.Delay(20, limit.Token));
        }

        Assert.Equal(160, await hearing);
    }

    /// <summary>The length of the next audio that comes; what is for a neighbour's port, as reports of a phone one below may be, is passed over.</summary>
    private static async Task<int> Audio(UdpClient phone, CancellationToken limit)
    {
        while (true)
        {
            if (RtpHeader.TryParse((await phone.ReceiveAsync(limit)).Buffer, out var header, out _) && header.PayloadType == 0)
                return header.PayloadLength;
        }
    }
}
