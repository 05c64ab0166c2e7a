using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Driving;
using Webphone.Net.Sip.Limits;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Net.Tests.Sip.Driving;

public sealed class SipDriverTests
{
    [Fact]
    public async Task What_is_begun_after_a_long_silence_has_its_whole_time()
    {
        var (time, user) = (new ManualTime(), new Nobody());
        var settings = new SipNetworkSettings { Listen = [new(SipTransport.Udp, new IPEndPoint(IPAddress.Loopback, 0))] };
        using var counters = new TransportCounters();
        var network = new SipNetwork(settings, time, counters, new WireTrace(NullLogger<WireTrace>.Instance), NullLogger<SipNetwork>.Instance);
        network.Bind();
        await using var driver = new SipDriver(network, new SipStackOptions(), 1, _ => user, time, NullLogger<SipDriver>.Instance);
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.True(network.TryOpen(SipTransport.Udp, (IPEndPoint)silent.Client.LocalEndPoint!, "localhost", out var flow));

        time.Advance(TimeSpan.FromMinutes(2));
        var nowMs = (long)TimeSpan.FromTicks(time.GetTimestamp()).TotalMilliseconds;
        driver.Shards[0].Run(flow, (shard, to) =>
        {
            var options = new OutgoingRequest("sip:a@b.example"u8.ToArray(), "<sip:c@b.example>"u8.ToArray(), "<sip:a@b.example>"u8.ToArray(), default) { CallId = "silence"u8.ToArray(), CSeq = 1 };
            Assert.NotNull(shard.Stack.SendRequest(SipMethod.Options, to, options, null));
            shard.Stack.Advance(nowMs + 30_000);
            Assert.Equal(0, user.Status);
            shard.Stack.Advance(nowMs + 33_000);
            Assert.Equal(408, user.Status);
        });
    }

    private sealed class Nobody : ISipUser
    {
        public int Status { get; private set; }

        public void OnInvite(ServerTransaction invite)
        {
        }

        public void OnRegister(ServerTransaction register)
        {
        }

        public void OnRequest(ServerTransaction request)
        {
        }

        public void OnCancel(ServerTransaction invite)
        {
        }

        public void OnSessionEvent(InviteSession session, in SessionEvent e)
        {
        }

        public void OnResponse(ClientTransaction request, SipMessage? response, int status) => Status = status;
    }
}
