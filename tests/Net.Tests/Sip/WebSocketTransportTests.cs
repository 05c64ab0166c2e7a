using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Webphone.Net.Sip.Limits;
using Webphone.Net.Sip.Streams;
using Webphone.Sip.Messages;

namespace Webphone.Net.Tests.Sip;

/// <summary>SIP over WebSocket, accepted by a real web server and spoken by a real client.</summary>
public sealed class WebSocketTransportTests
{
    [Fact]
    public async Task Each_websocket_message_is_a_sip_message_both_ways()
    {
        await using var network = TestNetwork.Start();
        await using var server = await Serve(network);
        using var phone = await Connect(server);
        await Send(phone, TestNetwork.Message);
        var (flow, text) = await network.Receiver.NextMessage();
        Assert.Equal(TestNetwork.Message, text);
        Assert.Equal(SipTransport.Ws, flow.Transport);
        Assert.True(network.Network.Send(flow, "answer"u8));
        Assert.Equal("answer", await Receive(phone));
    }

    [Fact]
    public async Task A_message_may_come_in_fragments()
    {
        await using var network = TestNetwork.Start();
        await using var server = await Serve(network);
        using var phone = await Connect(server);
        var bytes = TestNetwork.Bytes(TestNetwork.Message);
        await phone.SendAsync(bytes.AsMemory(0, 10), WebSocketMessageType.Text, false, CancellationToken.None);
        await phone.SendAsync(bytes.AsMemory(10), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal(TestNetwork.Message, (await network.Receiver.NextMessage()).Text);
    }

    [Fact]
    public async Task A_ping_gets_its_pong()
    {
        await using var network = TestNetwork.Start();
        await using var server = await Serve(network);
        using var phone = await Connect(server);
        await Send(phone, "\r\n\r\n");
        Assert.Equal("\r\n", await Receive(phone));
    }

    [Fact]
    public async Task Too_long_a_message_closes_the_connection()
    {
        await using var network = TestNetwork.Start();
        await using var server = await Serve(network);
        using var phone = await Connect(server);
        await Send(phone, new string('x', 65_536 + 8_192));
        Assert.Equal(FlowEnd.MessageTooLong, (await network.Receiver.NextClosed()).End);
        Assert.Equal(1, network.Count(TransportCount.MessageSize));
    }

    [Fact]
    public async Task Too_many_malformed_messages_close_the_connection()
    {
        await using var network = TestNetwork.Start(settings => settings.Limits.MalformedMessages = 1);
        await using var server = await Serve(network);
        using var phone = await Connect(server);
        await Send(phone, TestNetwork.Malformed);
        await Send(phone, TestNetwork.Malformed);
        Assert.Equal(FlowEnd.TooManyMalformed, (await network.Receiver.NextClosed()).End);
    }

    [Fact]
    public async Task A_browser_that_leaves_closes_its_flow()
    {
        await using var network = TestNetwork.Start();
        await using var server = await Serve(network);
        using var phone = await Connect(server);
        await Send(phone, TestNetwork.Message);
        var (flow, _) = await network.Receiver.NextMessage();
        await phone.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        var (closed, end) = await network.Receiver.NextClosed();
        Assert.Equal(flow, closed);
        Assert.Equal(FlowEnd.ClosedByPeer, end);
    }

    private static async Task<WebApplication> Serve(TestNetwork network)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseWebSockets();
        app.Map("/sip", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync("sip");
            var connection = context.Connection;
            await network.Network.AcceptWebSocket(
                socket,
                new IPEndPoint(connection.LocalIpAddress!, connection.LocalPort),
                new IPEndPoint(connection.RemoteIpAddress!, connection.RemotePort),
                secure: false);
        });
        await app.StartAsync();
        return app;
    }

    private static async Task<ClientWebSocket> Connect(WebApplication server)
    {
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var phone = new ClientWebSocket();
        phone.Options.AddSubProtocol("sip");
        await phone.ConnectAsync(new Uri(address.Replace("http://", "ws://", StringComparison.Ordinal) + "/sip"), CancellationToken.None);
        Assert.Equal("sip", phone.SubProtocol);
        return phone;
    }

    private static Task Send(ClientWebSocket phone, string text) =>
        phone.SendAsync(TestNetwork.Bytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    private static async Task<string> Receive(ClientWebSocket phone)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[4096];
        var received = await phone.ReceiveAsync(buffer, limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
