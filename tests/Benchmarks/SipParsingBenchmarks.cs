using BenchmarkDotNet.Attributes;
using Webphone.Sip.Messages;
using Webphone.Sip.Sdp;

namespace Webphone.Benchmarks;

/// <summary>A 1 kB INVITE with SDP in, its 200 OK out: what every call pays before anything else.</summary>
[MemoryDiagnoser]
public class SipParsingBenchmarks
{
    private readonly byte[] _invite = SampleInvite.Bytes;
    private readonly ReadOnlyMemory<byte> _sdp = Parse().Body;

    [Benchmark(Baseline = true)]
    public int ParseInviteAndWriteOk()
    {
        _ = SipMessage.TryParse(_invite, out var message, out _);
        return SipResponse.Create(message!, 200, "6a7b8c9d"u8).Length;
    }

    [Benchmark]
    public int ParseInvite()
    {
        _ = SipMessage.TryParse(_invite, out var message, out _);
        return (int)message!.CSeqNumber;
    }

    [Benchmark]
    public int ParseSdp()
    {
        _ = SdpSession.TryParse(_sdp.Span, out var session, out _);
        return session!.Media.Count;
    }

    private static SipMessage Parse() =>
        SipMessage.TryParse(SampleInvite.Bytes, out var message, out var error) ? message! : throw new InvalidOperationException(error.ToString());
}
