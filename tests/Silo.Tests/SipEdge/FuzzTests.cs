using System.Net.Sockets;
using Webphone.Net.Sip.Limits;
using Webphone.Sip.Sessions;
using Webphone.Sip.Tests.Fuzz;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Broken messages through a running server on each transport, while a call is on. The system tests send the running program as many as they are told to.</summary>
public sealed class FuzzTests
{
    private const int Messages = 4_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Mutated_messages_end_nothing_and_the_call_goes_on(bool stream)
    {
        Assert.True(TrustedNetworks.TryParse(["127.0.0.0/8"], out var trusted, out var wrong), wrong);
        await using var world = await EdgeWorld.Start((settings, _) => settings.Trusted = trusted);
        var (ann, bob) = (await world.Registered("101"), await world.Registered("102"));
        var (calling, talking) = await EdgeWorld.Connected(ann, bob);
        var mutator = new Mutator(seed: 2026, EdgeCorpus.Messages);
        if (stream)
            await FuzzStream(world, mutator);
        else
            await FuzzDatagrams(world, mutator);
        calling.Offer(TestSdp.Offer(version: 2));
        await calling.Next(SessionEventKind.Answer);
        calling.Hangup();
        Assert.Equal(SessionEnd.RemoteBye, (await talking.Next(SessionEventKind.Ended)).End);
        Assert.Equal(200, await ann.Register());
    }

    private static async Task FuzzDatagrams(EdgeWorld world, Mutator mutator)
    {
        using var client = new UdpClient(world.Udp.AddressFamily);
        client.Connect(world.Udp);
        for (var i = 0; i < Messages; i++)
            await client.SendAsync(mutator.Next());
    }

    private static async Task FuzzStream(EdgeWorld world, Mutator mutator)
    {
        var sent = 0;
        while (sent < Messages)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(world.Tcp);
            var stream = client.GetStream();
            try
            {
                for (var i = 0; i < 200; i++, sent++)
                    await stream.WriteAsync(mutator.Next());
            }
            catch (IOException)
            {
                // Closed for what was sent, as it should be.
                sent++;
            }
        }
    }
}
