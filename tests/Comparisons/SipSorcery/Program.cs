using System.Diagnostics;
using System.Net;
using System.Text;
using SIPSorcery.SIP;
using Webphone.Benchmarks;
using Webphone.Sip.Messages;

// One INVITE parsed and its 200 OK written, by both in turn, so that what slows the machine slows both.
var invite = SampleInvite.Bytes;
var endPoint = new SIPEndPoint(SIPProtocolsEnum.udp, new IPEndPoint(IPAddress.Loopback, 5060));
Console.WriteLine($"INVITE of {invite.Length} bytes; the 200 has {Ours()} bytes of ours, {Theirs()} of SIPSorcery's");
for (var round = 0; round < 5; round++)
{
    var ours = Measure(Ours, 300_000);
    var theirs = Measure(Theirs, 60_000);
    Console.WriteLine(
        $"ours {ours.Nanoseconds:F0} ns {ours.Bytes:F0} B | SIPSorcery {theirs.Nanoseconds:F0} ns {theirs.Bytes:F0} B | "
        + $"{theirs.Nanoseconds / ours.Nanoseconds:F1} times as fast, {ours.Bytes / theirs.Bytes:P1} of the allocation");
}

int Ours()
{
    SipMessage.TryParse(invite, out var message, out _);
    return SipResponse.Create(message, 200, "6a7b8c9d"u8).Length;
}

int Theirs()
{
    var buffer = SIPMessageBuffer.ParseSIPMessage(invite, Encoding.UTF8, Encoding.UTF8, endPoint, endPoint);
    var response = SIPResponse.GetResponse(SIPRequest.ParseSIPRequest(buffer), SIPResponseStatusCodesEnum.Ok, null);
    response.Header.To.ToTag = "6a7b8c9d";
    return Encoding.UTF8.GetBytes(response.ToString()).Length;
}

// The first rounds let the just-in-time compiler finish.
static (double Nanoseconds, double Bytes) Measure(Func<int> action, int count)
{
    for (var i = 0; i < 40_000; i++)
        action();
    GC.Collect();
    var allocated = GC.GetAllocatedBytesForCurrentThread();
    var watch = Stopwatch.StartNew();
    for (var i = 0; i < count; i++)
        action();
    watch.Stop();
    return (watch.Elapsed.TotalNanoseconds / count, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count);
}
