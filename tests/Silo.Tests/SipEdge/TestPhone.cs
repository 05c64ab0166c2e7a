using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Driving;
using Webphone.Net.Sip.Limits;
using Webphone.Sip.Authentication;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>A phone of our own making, on loopback: it does what a test tells it, right or wrong.</summary>
internal sealed class TestPhone : ISipUser, IAsyncDisposable
{
    private readonly SipDriver _driver;
    private readonly IPEndPoint _server;
    private SipFlow _flow;
    private readonly string _secret;
    private readonly Channel<TestCall> _calls = Channel.CreateUnbounded<TestCall>();
    private readonly Channel<ServerTransaction> _requests = Channel.CreateUnbounded<ServerTransaction>();
    private readonly ConcurrentDictionary<string, TestWatch> _watches = new();

    public TestPhone(string extension, string secret, string domain, SipTransport transport, IPEndPoint server, IPAddress? from = null)
    {
        Extension = extension;
        Domain = domain;
        _secret = secret;
        _server = server;
        Network = new SipNetwork(
            new SipNetworkSettings { Trusted = Loopback(), Listen = [new(transport is SipTransport.Udp ? SipTransport.Udp : SipTransport.Tcp, new IPEndPoint(from ?? IPAddress.Loopback, 0))] },
            TimeProvider.System, new TransportCounters(), new WireTrace(NullLogger<WireTrace>.Instance), NullLogger<SipNetwork>.Instance);
        Network.Bind();
        _driver = new SipDriver(Network, new SipStackOptions { Product = "TestPhone", UserExtensions = ["replaces", "path", "outbound", "eventlist"] }, 1, _ => this, TimeProvider.System, NullLogger<SipDriver>.Instance);
        _driver.Start();
        Assert.True(Network.TryOpen(transport, server, "localhost", out _flow));
    }

    public string Extension { get; }

    public string Domain { get; }

    public SipNetwork Network { get; }

    /// <summary>The number of its last request outside calls.</summary>
    public uint CSeq { get; set; }

    public SipFlow Flow => _flow;

    public SipShard Shard => _driver.Shards[0];

    /// <summary>What it writes into From; its own address unless a test lies.</summary>
    public string? SaysItIs { get; set; }

    public string Contact => $"sip:{Extension}@{Network.Listening[0].EndPoint}{(_flow.Connection == 0 ? "" : ";transport=tcp")}";

    /// <summary>The final status of a REGISTER with the right credentials, after the challenge.</summary>
    public async Task<int> Register(int expires = 300, string? contact = null) =>
        (await Send(SipMethod.Register, $"sip:{Domain}", $"Contact: {contact ?? $"<{Contact}>"}\r\nExpires: {expires}\r\n")).Status;

    /// <summary>Goes on over a new connection, as after a break of the network.</summary>
    public void Reconnect() => Assert.True(Network.TryOpen(_flow.Transport, _server, "localhost", out _flow));

    /// <summary>A subscription of its own; nothing is sent yet.</summary>
    public TestWatch Watch(string target, string package = "dialog")
    {
        var watch = new TestWatch(this, target, package);
        _watches[watch.CallId] = watch;
        return watch;
    }

    public bool TryTake(ServerTransaction request)
    {
        if (request.Method is not SipMethod.Notify || !_watches.TryGetValue(Encoding.ASCII.GetString(request.Request.CallId), out var watch))
            return false;
        watch.Take(request);
        return true;
    }

    /// <summary>Sends a request as it is, but for a challenge that is answered once.</summary>
    public async Task<(int Status, SipMessage? Message)> Exchange(SipMethod method, OutgoingRequest request, bool authenticate = true)
    {
        var first = await ExchangeOnce(method, request with { CSeq = ++CSeq });
        if (!authenticate || first.Message is not { StatusCode: 401 or 407 } challenge)
            return first;
        var proof = Encoding.UTF8.GetBytes(Proof(challenge, method.Token(), Encoding.UTF8.GetString(request.RequestUri.Span)));
        return await ExchangeOnce(method, request with { CSeq = ++CSeq, Payload = request.Payload with { Headers = (byte[])[.. request.Payload.Headers.Span, .. proof] } });
    }

    /// <summary>Sends a request outside any dialog, answers a challenge once, and gives the last response.</summary>
    public async Task<(int Status, SipMessage? Message)> Send(
        SipMethod method, string uri, string headers = "", string body = "", string contentType = "text/plain", string? to = null, bool authenticate = true)
    {
        var callId = Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N"));
        var first = await SendOnce(method, uri, headers, body, contentType, to, callId);
        if (!authenticate || first.Message is not { StatusCode: 401 or 407 } challenge)
            return first;
        return await SendOnce(method, uri, headers + Proof(challenge, method.Token(), uri), body, contentType, to, callId);
    }

    /// <summary>Calls, answering a challenge once.</summary>
    public async Task<TestCall> Call(string number, string? sdp = null, bool authenticate = true, string headers = "", string? uri = null, SessionOptions? options = null)
    {
        uri ??= $"sip:{number}@{Domain}";
        var callId = Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N"));
        var call = Invite(uri, sdp ?? TestSdp.Offer(), headers, callId, options);
        if (!authenticate)
            return call;
        var first = await call.Next();
        if (first is not { Kind: SessionEventKind.Ended, Status: 401, Message: { } challenge })
        {
            call.PutBack(first);
            return call;
        }
        return Invite(uri, sdp ?? TestSdp.Offer(), headers + Proof(challenge, "INVITE"u8, uri), callId, options);
    }

    /// <summary>Calls, and waits for the answer.</summary>
    public async Task<TestCall> Answered(string number)
    {
        var call = await Call(number);
        await call.Next(SessionEventKind.Answered);
        return call;
    }

    /// <summary>The next call that comes in.</summary>
    public async Task<TestCall> NextCall()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _calls.Reader.ReadAsync(limit.Token);
    }

    public bool HasCall => _calls.Reader.TryPeek(out _);

    public bool HasRequest => _requests.Reader.TryPeek(out _);

    /// <summary>The next other request that comes in; it is answered with 200.</summary>
    public async Task<SipMessage> NextRequest()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var transaction = await _requests.Reader.ReadAsync(limit.Token);
        var request = transaction.Request;
        Shard.Run(transaction, static (shard, answered) => shard.Stack.Respond(answered, 200));
        return request;
    }

    public string Proof(SipMessage challenge, ReadOnlySpan<byte> method, string uri)
    {
        var writer = new SipWriter(512);
        Assert.True(DigestClient.TryAnswer(ref writer, challenge, Extension, _secret, method, Encoding.UTF8.GetBytes(uri), "0a4f113b"u8, 1));
        var line = Encoding.UTF8.GetString(writer.Written);
        writer.Dispose();
        return line;
    }

    public void OnInvite(ServerTransaction invite)
    {
        var offer = invite.Request;
        if (Shard.Stack.OpenSession(invite) is { } session)
            _calls.Writer.TryWrite(new TestCall(Shard, session, offer));
    }

    public void OnRegister(ServerTransaction register) => Shard.Stack.Respond(register, 405);

    public void OnRequest(ServerTransaction request) => _requests.Writer.TryWrite(request);

    public void OnCancel(ServerTransaction invite)
    {
    }

    public void OnSessionEvent(InviteSession session, in SessionEvent e) => ((TestCall)session.Tag!).Happened(e);

    public void OnResponse(ClientTransaction request, SipMessage? response, int status)
    {
        if (status >= 200)
            ((TaskCompletionSource<(int, SipMessage?)>)request.Tag!).TrySetResult((status, response));
    }

    public async ValueTask DisposeAsync()
    {
        await _driver.DisposeAsync();
        Network.Counters.Dispose();
    }

    private Task<(int Status, SipMessage? Message)> SendOnce(
        SipMethod method, string uri, string headers, string body, string contentType, string? to, byte[] callId)
    {
        return ExchangeOnce(method, Request(uri, headers, body, contentType, to, callId));
    }

    private Task<(int Status, SipMessage? Message)> ExchangeOnce(SipMethod method, OutgoingRequest request)
    {
        var answer = new TaskCompletionSource<(int, SipMessage?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Shard.Run((method, _flow, request, answer), static (shard, state) =>
            Assert.NotNull(shard.Stack.SendRequest(state.method, state._flow, state.request, state.answer)));
        return answer.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private TestCall Invite(string uri, string sdp, string headers, byte[] callId, SessionOptions? options)
    {
        var request = Request(uri, headers, sdp, "application/sdp", uri, callId);
        TestCall? call = null;
        Shard.Run(request, (shard, invite) => call = new TestCall(shard, shard.Stack.Invite(_flow, invite, options)!, null));
        return call!;
    }

    /// <summary>A phone takes from its server whatever comes, however fast.</summary>
    private static TrustedNetworks Loopback()
    {
        Assert.True(TrustedNetworks.TryParse(["127.0.0.0/8"], out var loopback, out _));
        return loopback;
    }

    private OutgoingRequest Request(string uri, string headers, string body, string contentType, string? to, byte[] callId)
    {
        var self = $"<{SaysItIs ?? $"sip:{Extension}@{Domain}"}>";
        var payload = new SipPayload(Encoding.UTF8.GetBytes(headers), Encoding.UTF8.GetBytes(body), Encoding.UTF8.GetBytes(contentType));
        return new OutgoingRequest(Encoding.UTF8.GetBytes(uri), Encoding.UTF8.GetBytes(self), Encoding.UTF8.GetBytes(to is null ? self : $"<{to}>"), payload)
        {
            CallId = callId,
            CSeq = ++CSeq,
        };
    }
}
