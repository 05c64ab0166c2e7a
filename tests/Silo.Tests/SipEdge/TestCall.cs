using System.Text;
using System.Threading.Channels;
using Webphone.Net.Sip.Driving;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>One call at a <see cref="TestPhone"/>: what happened in it can be awaited.</summary>
internal sealed class TestCall
{
    private readonly SipShard _shard;
    private readonly Channel<SessionEvent> _events = Channel.CreateUnbounded<SessionEvent>();

    public TestCall(SipShard shard, InviteSession session, SipMessage? invite)
    {
        _shard = shard;
        Session = session;
        Invite = invite;
        session.Tag = this;
    }

    public InviteSession Session { get; }

    /// <summary>The INVITE that came in; null at the caller.</summary>
    public SipMessage? Invite { get; }

    /// <summary>The phone's dialog by its name in the server's terms, as Replaces and Join have it (RFC 3891).</summary>
    public string DialogName
    {
        get
        {
            var dialog = Session.Dialog!;
            return $"{Encoding.ASCII.GetString(dialog.CallId)};to-tag={Encoding.ASCII.GetString(dialog.RemoteTag)};from-tag={Encoding.ASCII.GetString(dialog.LocalTag)}";
        }
    }

    public void Happened(in SessionEvent e) => _events.Writer.TryWrite(e);

    public void PutBack(in SessionEvent e) => _events.Writer.TryWrite(e);

    public bool HasNext => _events.Reader.TryPeek(out _);

    public async Task<SessionEvent> Next()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _events.Reader.ReadAsync(limit.Token);
    }

    /// <summary>The next event of that kind; others before it are passed over.</summary>
    public async Task<SessionEvent> Next(SessionEventKind kind)
    {
        while (true)
        {
            var next = await Next();
            if (next.Kind == kind)
                return next;
            Assert.NotEqual(SessionEventKind.Ended, next.Kind);
        }
    }

    public void Do(Action<SipShard, InviteSession> action) => _shard.Run((Session, action), static (shard, state) => state.action(shard, state.Session));

    public void Ring() => Do(static (_, session) => Assert.True(session.Ring()));

    public void Answer(string? sdp = null) => Do((_, session) => Assert.True(session.Answer(Sdp(sdp ?? TestSdp.Offer()))));

    public void Reject(int status) => Do((_, session) => Assert.True(session.Reject(status)));

    public void Hangup() => Do(static (_, session) => session.Hangup());

    public void Offer(string sdp) => Do((_, session) => Assert.True(session.Offer(Sdp(sdp))));

    public void Info(string contentType, string body) => Do((_, session) => Assert.NotNull(
        session.SendRequest(SipMethod.Info, new SipPayload(default, Encoding.ASCII.GetBytes(body), Encoding.ASCII.GetBytes(contentType)))));

    /// <summary>Asks the other side to call somebody (RFC 3515).</summary>
    public void Refer(string referTo, string headers = "") => Do((_, session) => Assert.NotNull(
        session.SendRequest(SipMethod.Refer, new SipPayload(Encoding.ASCII.GetBytes($"Refer-To: {referTo}\r\n{headers}")))));

    /// <summary>The next NOTIFY's status line; it is answered with 200. A response to a request of ours is passed over.</summary>
    public async Task<(string Line, string State)> NextNotify()
    {
        var request = (await Next(SessionEventKind.Request)).Transaction!;
        Assert.Equal(SipMethod.Notify, request.Method);
        var told = (Encoding.ASCII.GetString(request.Request.Body.Span).TrimEnd(), request.Request.HeaderText(HeaderName.SubscriptionState)!);
        Do((shard, _) => shard.Stack.Respond(request, 200));
        return told;
    }

    private static SipPayload Sdp(string sdp) => SipPayload.Sdp(Encoding.UTF8.GetBytes(sdp));
}
