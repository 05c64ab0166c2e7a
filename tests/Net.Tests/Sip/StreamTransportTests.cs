using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Webphone.Net.Sip.Limits;
using Webphone.Net.Sip.Streams;
using Webphone.Sip.Messages;

namespace Webphone.Net.Tests.Sip;

public sealed class StreamTransportTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Receives_messages_and_answers_on_their_connection(bool tls)
    {
        await using var network = TestNetwork.Start();
        await using Stream phone = tls ? await network.ConnectTls() : await network.ConnectTcp();
        await phone.WriteAsync(TestNetwork.Bytes(TestNetwork.Message + TestNetwork.Message));
        var (flow, text) = await network.Receiver.NextMessage();
        Assert.Equal(TestNetwork.Message, text);
        Assert.Equal(TestNetwork.Message, (await network.Receiver.NextMessage()).Text);
        Assert.Equal(tls ? SipTransport.Tls : SipTransport.Tcp, flow.Transport);
        Assert.True(network.Network.Send(flow, "one"u8));
        Assert.True(network.Network.Send(flow, "two"u8));
        Assert.Equal("onetwo", await TestNetwork.Read(phone, 6));
        Assert.True(network.Network.TryResolve(network.Network.Describe(flow), out var same));
        Assert.Equal(flow, same);
    }

    [Fact]
    public async Task A_message_may_come_byte_by_byte()
    {
        await using var network = TestNetwork.Start();
        await using var phone = await network.ConnectTcp();
        foreach (var b in TestNetwork.Bytes(TestNetwork.Message + TestNetwork.Message))
            await phone.WriteAsync(new[] { b });
        Assert.Equal(TestNetwork.Message, (await network.Receiver.NextMessage()).Text);
        Assert.Equal(TestNetwork.Message, (await network.Receiver.NextMessage()).Text);
    }

    [Fact]
    public async Task A_ping_gets_its_pong()
    {
        await using var network = TestNetwork.Start();
        await using var phone = await network.ConnectTcp();
        await phone.WriteAsync("\r\n\r\n"u8.ToArray());
        Assert.Equal("\r\n", await TestNetwork.Read(phone, 2));
    }

    [Fact]
    public async Task The_largest_message_passes_and_a_larger_one_closes_the_connection()
    {
        await using var network = TestNetwork.Start();
        await using var phone = await network.ConnectTcp();
        var body = new string('x', SipLimits.BodyBytes);
        await phone.WriteAsync(TestNetwork.Bytes($"OPTIONS sip:x SIP/2.0\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        Assert.EndsWith(body, (await network.Receiver.NextMessage()).Text, StringComparison.Ordinal);
        await phone.WriteAsync(TestNetwork.Bytes($"OPTIONS sip:x SIP/2.0\r\nContent-Length: {body.Length + 1}\r\n\r\n"));
        await TestNetwork.AwaitEnd(phone);
        Assert.Equal(FlowEnd.MessageTooLong, (await network.Receiver.NextClosed()).End);
        Assert.Equal(1, network.Count(TransportCount.MessageSize));
    }

    [Theory]
    [InlineData("OPTIONS sip:x SIP/2.0\r\nContent-Length: 4\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("OPTIONS sip:x SIP/2.0\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("OPTIONS sip:x SIP/2.0\r\nl: 99999999999999999999\r\n\r\n")]
    [InlineData("OPTIONS sip:x SIP/2.0\r\nTo: x\r\n\r\n")]
    public async Task A_hostile_content_length_closes_the_connection(string message)
    {
        await using var network = TestNetwork.Start();
        await using var phone = await network.ConnectTcp();
        await phone.WriteAsync(TestNetwork.Bytes(message));
        await TestNetwork.AwaitEnd(phone);
        var (_, end) = await network.Receiver.NextClosed();
        Assert.True(end is FlowEnd.TooManyMalformed or FlowEnd.MessageTooLong);
    }

    [Fact]
    public async Task As_many_malformed_messages_as_allowed_are_borne_and_one_more_closes()
    {
        await using var network = TestNetwork.Start(settings => settings.Limits.MalformedMessages = 2);
        await using var phone = await network.ConnectTcp();
        await phone.WriteAsync(TestNetwork.Bytes(TestNetwork.Malformed + TestNetwork.Malformed + TestNetwork.Message));
        for (var i = 0; i < 3; i++)
            await network.Receiver.NextMessage();
        Assert.Equal(2, network.Count(TransportCount.Malformed));
        await phone.WriteAsync(TestNetwork.Bytes(TestNetwork.Malformed));
        await TestNetwork.AwaitEnd(phone);
        Assert.Equal(FlowEnd.TooManyMalformed, (await network.Receiver.NextClosed()).End);
    }

    [Fact]
    public async Task A_slow_loris_is_closed_though_it_goes_on_sending()
    {
        var time = new ManualTime();
        await using var network = TestNetwork.Start(settings => settings.Limits.MessageTime = TimeSpan.FromSeconds(10), time);
        await using var phone = await network.ConnectTcp();
        await phone.WriteAsync(TestNetwork.Bytes(TestNetwork.Message + "\r\n\r\n"));
        await TestNetwork.Read(phone, 2);
        await phone.WriteAsync("OPTIONS sip:x SIP/2.0\r\n\r\n"u8[..10].ToArray());
        var closed = network.Receiver.NextClosed();
        while (!closed.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(4));
            await Task.WhenAny(closed, Task.Delay(20));
        }
        Assert.Equal(FlowEnd.MessageTooSlow, (await closed).End);
        Assert.Equal(1, network.Count(TransportCount.MessageTime));
    }

    [Fact]
    public async Task Who_never_sends_a_message_is_closed_and_who_did_stays_until_idle()
    {
        var time = new ManualTime();
        await using var network = TestNetwork.Start(null, time);
        await using var silent = await network.ConnectTcp();
        await using var phone = await network.ConnectTcp();
        await Eventually.True(() => network.Count(TransportCount.Open) == 2);
        await phone.WriteAsync(TestNetwork.Bytes(TestNetwork.Message));
        var (flow, _) = await network.Receiver.NextMessage();
        time.Advance(TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(FlowEnd.NoFirstMessage, (await network.Receiver.NextClosed()).End);
        Assert.True(network.Network.IsOpen(flow));
        time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(FlowEnd.Idle, (await network.Receiver.NextClosed()).End);
        Assert.False(network.Network.IsOpen(flow));
        Assert.False(network.Network.Send(flow, "late"u8));
        Assert.Equal(1, network.Count(TransportCount.IdleTime));
    }

    [Fact]
    public async Task An_address_gets_as_many_connections_as_it_may_and_no_more()
    {
        await using var network = TestNetwork.Start(settings => settings.Limits.ConnectionsPerAddress = 3);
        var phones = new List<NetworkStream>();
        for (var i = 0; i < 3; i++)
            phones.Add(await network.ConnectTcp());
        await using var over = await network.ConnectTcp();
        await TestNetwork.AwaitEnd(over);
        Assert.Equal(1, network.Count(TransportCount.ConnectionsPerAddress));
        await phones[0].DisposeAsync();
        await network.Receiver.NextClosed();
        await using var next = await network.ConnectTcp();
        await next.WriteAsync(TestNetwork.Bytes(TestNetwork.Message));
        await network.Receiver.NextMessage();
        foreach (var phone in phones)
            await phone.DisposeAsync();
    }

    [Fact]
    public async Task All_addresses_together_get_as_many_connections_as_there_are()
    {
        await using var network = TestNetwork.Start(settings => settings.Limits.Connections = 1);
        await using var first = await network.ConnectTcp();
        await using var over = await network.ConnectTcp();
        await TestNetwork.AwaitEnd(over);
        Assert.Equal(1, network.Count(TransportCount.Connections));
    }

    [Fact]
    public async Task Connections_that_come_too_fast_are_refused()
    {
        await using var network = TestNetwork.Start(settings => settings.Limits.NewConnections = new RateLimit(1, 2, TimeSpan.Zero), new ManualTime());
        await using var first = await network.ConnectTcp();
        await using var second = await network.ConnectTcp();
        await using var third = await network.ConnectTcp();
        await TestNetwork.AwaitEnd(third);
        Assert.Equal(1, network.Count(TransportCount.ConnectionRate));
    }

    [Fact]
    public async Task Who_does_not_read_is_closed_and_sending_never_blocks()
    {
        await using var network = TestNetwork.Start(settings => settings.Limits.SendQueueBytes = 128 * 1024);
        await using var phone = await network.ConnectTcp();
        await phone.WriteAsync(TestNetwork.Bytes(TestNetwork.Message));
        var (flow, _) = await network.Receiver.NextMessage();
        var message = new byte[32 * 1024];
        var sent = 0;
        while (network.Network.Send(flow, message))
            Assert.True(++sent < 10_000);
        Assert.Equal(FlowEnd.SlowReader, (await network.Receiver.NextClosed()).End);
        Assert.Equal(1, network.Count(TransportCount.SlowReader));
    }

    [Fact]
    public async Task A_handshake_that_is_none_ends_only_its_connection()
    {
        await using var network = TestNetwork.Start();
        using var client = new TcpClient();
        await client.ConnectAsync(network.Tls);
        await client.GetStream().WriteAsync("this is no ClientHello at all, is it?\r\n\r\n"u8.ToArray());
        Assert.Equal(FlowEnd.HandshakeFailed, (await network.Receiver.NextClosed()).End);
        await using var phone = await network.ConnectTls();
        await phone.WriteAsync(TestNetwork.Bytes(TestNetwork.Message));
        Assert.Equal(TestNetwork.Message, (await network.Receiver.NextMessage()).Text);
    }

    [Fact]
    public async Task A_connection_of_our_own_carries_what_was_sent_before_it_was_up()
    {
        await using var network = TestNetwork.Start();
        using var phone = new TcpListener(System.Net.IPAddress.Loopback, 0);
        phone.Start();
        Assert.True(network.Network.TryOpen(SipTransport.Tcp, (System.Net.IPEndPoint)phone.LocalEndpoint, "phone", out var flow));
        Assert.True(network.Network.Send(flow, "ring"u8));
        using var accepted = await phone.AcceptSocketAsync();
        await using var stream = new NetworkStream(accepted);
        Assert.Equal("ring", await TestNetwork.Read(stream, 4));
    }

    [Fact]
    public async Task A_connection_that_cannot_be_opened_reports_its_end()
    {
        await using var network = TestNetwork.Start();
        using var gone = new TcpListener(System.Net.IPAddress.Loopback, 0);
        gone.Start();
        var address = (System.Net.IPEndPoint)gone.LocalEndpoint;
        gone.Stop();
        Assert.True(network.Network.TryOpen(SipTransport.Tcp, address, "phone", out var flow));
        var (closed, end) = await network.Receiver.NextClosed();
        Assert.Equal(flow, closed);
        Assert.Equal(FlowEnd.ConnectFailed, end);
    }

    [Fact]
    public async Task Stopping_closes_every_connection()
    {
        var network = TestNetwork.Start();
        await using var phone = await network.ConnectTcp();
        await phone.WriteAsync(TestNetwork.Bytes(TestNetwork.Message));
        await network.Receiver.NextMessage();
        await network.DisposeAsync();
        await TestNetwork.AwaitEnd(phone);
        Assert.Equal(FlowEnd.ServerStopped, (await network.Receiver.NextClosed()).End);
    }
}
