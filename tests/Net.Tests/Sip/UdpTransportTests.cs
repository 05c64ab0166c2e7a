using System.Net;
using System.Text;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Limits;
using Webphone.Sip.Messages;

namespace Webphone.Net.Tests.Sip;

public sealed class UdpTransportTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Receives_a_message_and_answers_on_its_flow(string address)
    {
        await using var network = TestNetwork.Start(address: IPAddress.Parse(address));
        using var phone = network.ConnectUdp();
        await phone.SendAsync(TestNetwork.Bytes(TestNetwork.Message));
        var (flow, text) = await network.Receiver.NextMessage();
        Assert.Equal(TestNetwork.Message, text);
        Assert.Equal(SipTransport.Udp, flow.Transport);
        Assert.Equal(phone.Client.LocalEndPoint, flow.Remote);
        Assert.True(network.Network.Send(flow, "answer"u8));
        Assert.Equal("answer", Encoding.UTF8.GetString((await phone.ReceiveAsync()).Buffer));
    }

    [Fact]
    public async Task Tells_its_own_address_for_the_flow()
    {
        await using var network = TestNetwork.Start();
        using var phone = network.ConnectUdp();
        await phone.SendAsync(TestNetwork.Bytes(TestNetwork.Message));
        var (flow, _) = await network.Receiver.NextMessage();
        Assert.Equal(network.Udp.ToString(), Encoding.ASCII.GetString(network.Network.LocalAddress(flow)));
    }

    [Fact]
    public async Task A_wildcard_listener_tells_the_address_that_leads_to_the_phone()
    {
        await using var network = TestNetwork.Start(settings => settings.Listen = [new(SipTransport.Udp, new IPEndPoint(IPAddress.Any, 0))]);
        using var phone = new System.Net.Sockets.UdpClient(0);
        await phone.SendAsync(TestNetwork.Bytes(TestNetwork.Message), new IPEndPoint(IPAddress.Loopback, network.Udp.Port));
        var (flow, _) = await network.Receiver.NextMessage();
        Assert.Equal($"127.0.0.1:{network.Udp.Port}", Encoding.ASCII.GetString(network.Network.LocalAddress(flow)));
    }

    [Fact]
    public async Task The_advertised_host_stands_for_every_address()
    {
        await using var network = TestNetwork.Start(settings => settings.AdvertisedHost = "pbx.example");
        using var phone = network.ConnectUdp();
        await phone.SendAsync(TestNetwork.Bytes(TestNetwork.Message));
        var (flow, _) = await network.Receiver.NextMessage();
        Assert.Equal($"pbx.example:{network.Udp.Port}", Encoding.ASCII.GetString(network.Network.LocalAddress(flow)));
    }

    [Fact]
    public async Task Keep_alives_are_counted_and_go_no_further()
    {
        await using var network = TestNetwork.Start();
        using var phone = network.ConnectUdp();
        await phone.SendAsync("\r\n\r\n"u8.ToArray());
        await phone.SendAsync(new byte[4]);
        await phone.SendAsync(TestNetwork.Bytes(TestNetwork.Message));
        Assert.Equal(TestNetwork.Message, (await network.Receiver.NextMessage()).Text);
        Assert.Equal(2, network.Count(TransportCount.KeepAlive));
    }

    [Fact]
    public async Task A_message_that_breaks_what_is_above_does_not_end_the_thread()
    {
        await using var network = TestNetwork.Start();
        using var phone = network.ConnectUdp();
        await phone.SendAsync("THROW"u8.ToArray());
        await phone.SendAsync(TestNetwork.Bytes(TestNetwork.Message));
        Assert.Equal(TestNetwork.Message, (await network.Receiver.NextMessage()).Text);
        Assert.Equal(1, network.Count(TransportCount.Malformed));
    }

    [Fact]
    public async Task A_flood_from_one_address_is_cut_and_counted()
    {
        await using var network = TestNetwork.Start(settings => settings.Limits.Messages = new RateLimit(10, 20, TimeSpan.FromSeconds(5)), new ManualTime());
        using var phone = network.ConnectUdp();
        for (var i = 0; i < 100; i++)
            await phone.SendAsync(TestNetwork.Bytes($"{i}"));
        for (var i = 0; i < 20; i++)
            Assert.Equal($"{i}", (await network.Receiver.NextMessage()).Text);
        await Eventually.True(() => network.Count(TransportCount.MessageRate) == 80);
        Assert.False(network.Receiver.HasMessage);
    }

    [Fact]
    public async Task A_trusted_network_is_not_limited()
    {
        await using var network = TestNetwork.Start(settings =>
        {
            settings.Limits.Messages = new RateLimit(10, 20, TimeSpan.FromSeconds(5));
            Assert.True(TrustedNetworks.TryParse(["127.0.0.0/8"], out var trusted, out _));
            settings.Trusted = trusted;
        });
        using var phone = network.ConnectUdp();
        for (var i = 0; i < 100; i++)
            await phone.SendAsync(TestNetwork.Bytes($"{i}"));
        for (var i = 0; i < 100; i++)
            Assert.Equal($"{i}", (await network.Receiver.NextMessage()).Text);
        Assert.Equal(0, network.Count(TransportCount.MessageRate));
    }

    [Fact]
    public async Task A_busy_port_is_named()
    {
        await using var network = TestNetwork.Start();
        var taken = network.Udp;
        var failure = Assert.Throws<SipBindException>(() => TestNetwork.Start(settings => settings.Listen = [new(SipTransport.Udp, taken)]));
        Assert.True(failure.IsBusy);
        Assert.Contains(taken.ToString(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_kept_as_text_is_good_after_a_restart()
    {
        string text;
        IPEndPoint listening;
        using var phone = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using (var first = TestNetwork.Start())
        {
            listening = first.Udp;
            await phone.SendAsync(TestNetwork.Bytes(TestNetwork.Message), listening);
            text = first.Network.Describe((await first.Receiver.NextMessage()).Flow);
        }
        await using var second = TestNetwork.Start(settings => settings.Listen = [new(SipTransport.Udp, listening)]);
        Assert.True(second.Network.TryResolve(text, out var flow));
        Assert.True(second.Network.Send(flow, "call"u8));
        Assert.Equal("call", Encoding.UTF8.GetString((await phone.ReceiveAsync()).Buffer));
    }

    [Theory]
    [InlineData("")]
    [InlineData("udp")]
    [InlineData("udp|x|y")]
    [InlineData("udp|127.0.0.1:1|127.0.0.1:2|z")]
    [InlineData("pigeon|127.0.0.1:1|127.0.0.1:2")]
    [InlineData("tcp|127.0.0.1:1|127.0.0.1:2|77")]
    public async Task A_text_that_is_no_flow_resolves_to_nothing(string text)
    {
        await using var network = TestNetwork.Start();
        Assert.False(network.Network.TryResolve(text, out _));
    }
}
