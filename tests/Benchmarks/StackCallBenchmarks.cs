using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Benchmarks;

/// <summary>
/// One call leg through the stack without sockets: INVITE in, 100, 180 and 200 out, ACK in, BYE in, 200 out, parsing and writing included;
/// the timers that wait for repeats fire in virtual time. Ceiling: 25 µs and 12 kB a leg.
/// </summary>
[MemoryDiagnoser]
public class StackCallBenchmarks : ISipStackSink, ISipUser
{
    private static readonly byte[] Address = "192.0.2.1:5060"u8.ToArray();
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n");

    private readonly SipFlow _flow = new(SipTransport.Udp, 1, new IPEndPoint(IPAddress.Parse("192.0.2.7"), 5060));
    private readonly byte[] _tag = new byte[SipIdentifiers.TagLength];
    private SipStack _stack = null!;
    private byte[] _invite = null!;
    private byte[] _ack = null!;
    private byte[] _bye = null!;
    private long _nowMs = 1;
    private int _calls;
    private int _ended;

    [GlobalSetup]
    public void Setup()
    {
        _stack = new SipStack(new SipStackOptions(), this, this, new byte[32], _nowMs);
        _invite = Template("INVITE", 1, "", Encoding.ASCII.GetString(Answer));
        _ack = Template("ACK", 1, ";tag=TTTTTTTTTTTTTTTT", "");
        _bye = Template("BYE", 2, ";tag=TTTTTTTTTTTTTTTT", "");
    }

    /// <summary>400 calls a second, so that the transactions of the last 32 s are alive as they are in a server.</summary>
    [Benchmark]
    public int CallLeg()
    {
        _calls++;
        Receive(_invite);
        Receive(_ack);
        Receive(_bye);
        _nowMs += _calls % 2 == 0 ? 2 : 3;
        _stack.Advance(_nowMs);
        return _ended;
    }

    public void Send(in SipFlow flow, ReadOnlySpan<byte> message)
    {
        var to = message.IndexOf("\r\nTo: "u8);
        var tag = message[to..].IndexOf(";tag="u8);
        if (tag > 0)
            message.Slice(to + tag + 5, _tag.Length).CopyTo(_tag);
    }

    public byte[] LocalAddress(in SipFlow flow) => Address;

    public void OnInvite(ServerTransaction invite)
    {
        _stack.Respond(invite, 100);
        var session = _stack.OpenSession(invite)!;
        session.Ring();
        session.Answer(SipPayload.Sdp(Answer));
    }

    public void OnRegister(ServerTransaction register) => _stack.Respond(register, 200);

    public void OnRequest(ServerTransaction request) => _stack.Respond(request, 200);

    public void OnCancel(ServerTransaction invite)
    {
    }

    public void OnSessionEvent(InviteSession session, in SessionEvent e) => _ended += e.Kind == SessionEventKind.Ended ? 1 : 0;

    public void OnResponse(ClientTransaction request, SipMessage? response, int status)
    {
    }

    private static byte[] Template(string method, int cseq, string toTag, string body) => Encoding.ASCII.GetBytes(
        $"{method} sip:102@192.0.2.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK{cseq}{method[0]}NNNNNNNN;rport\r\nMax-Forwards: 70\r\n"
        + $"From: \"Ann\" <sip:101@demo.example>;tag=abcdef\r\nTo: <sip:102@demo.example>{toTag}\r\nCall-ID: NNNNNNNN@192.0.2.7\r\nCSeq: {cseq} {method}\r\n"
        + "Contact: <sip:101@192.0.2.7:5060>\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\nSupported: timer, replaces\r\nUser-Agent: bench\r\n"
        + (body.Length > 0 ? "Content-Type: application/sdp\r\n" : "") + $"Content-Length: {body.Length}\r\n\r\n{body}");

    /// <summary>A message of the present call; its bytes are a copy, as those of a datagram are.</summary>
    private void Receive(byte[] template)
    {
        var bytes = template.AsSpan().ToArray();
        Span<byte> number = stackalloc byte[8];
        for (int i = 7, n = _calls; i >= 0; i--, n /= 10)
            number[i] = (byte)('0' + (n % 10));
        Replace(bytes, "NNNNNNNN"u8, number);
        Replace(bytes, "TTTTTTTTTTTTTTTT"u8, _tag);
        if (!SipMessage.TryParse(bytes, out var message, out _) || message is null)
            throw new InvalidOperationException("The template does not parse.");
        message.Stamp(_flow.Remote.Address, _flow.Remote.Port);
        _stack.Receive(_flow, message, _nowMs);
    }

    private static void Replace(Span<byte> bytes, ReadOnlySpan<byte> mark, ReadOnlySpan<byte> value)
    {
        for (var at = bytes.IndexOf(mark); at >= 0; at = bytes.IndexOf(mark))
            value.CopyTo(bytes[at..]);
    }
}
