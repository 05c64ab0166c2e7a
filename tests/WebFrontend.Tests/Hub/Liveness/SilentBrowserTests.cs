using System.Net.Sockets;
using System.Text;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub.Liveness;

/// <summary>Over a real connection, with the shortest heartbeat that there is.</summary>
public class SilentBrowserTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly byte[] Ping = [0x89, 0x00];
    private static readonly FrontendOptions Brisk = new() { Heartbeat = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task A_browser_that_does_not_answer_pings_is_cut_off()
    {
        await using var world = await WebWorld.Start(options: Brisk);
        using var silent = await Connect(await world.SignedIn("101"));

        var heard = await ReadToEnd(silent).WaitAsync(Bound);

        Assert.True(heard.AsSpan().IndexOf(Ping) >= 0, "It was not asked.");
    }

    /// <summary>A WebSocket without anything that would answer by itself.</summary>
    private static async Task<TcpClient> Connect(WebClient client)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(client.Server.Host, client.Server.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {HubPaths.Phone} HTTP/1.1\r\nHost: {client.Server.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: {client.Cookie}\r\n\r\n"));
        // Masked with zeros.
        var handshake = "{\"protocol\":\"json\",\"version\":1}\u001e"u8;
        await stream.WriteAsync((byte[])[0x81, (byte)(0x80 | handshake.Length), 0, 0, 0, 0, .. handshake]);
        return socket;
    }

    private static async Task<byte[]> ReadToEnd(TcpClient socket)
    {
        using var heard = new MemoryStream();
        try
        {
            await socket.GetStream().CopyToAsync(heard);
        }
        catch (IOException)
        {
            // Reset.
        }
        return heard.ToArray();
    }
}
