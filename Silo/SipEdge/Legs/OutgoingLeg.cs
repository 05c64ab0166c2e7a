using System.Text;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.Edges;
using Webphone.Silo.SipEdge.Media;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>A leg that is called: our INVITE, as often as it takes, and what comes back.</summary>
internal abstract partial class OutgoingLeg : Leg
{
    /// <summary>Where nothing comes back for so long, not even 100, nobody is (RFC 5626 §5.3); transactions wait eight times as long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private uint _cseq;
    private bool _rang;
    private byte[]? _earlyAnswer;

    protected OutgoingLeg(EdgeContext edge, SipShard shard, RingLeg command, byte[] callId, string domain)
        : base(edge, shard, command.Leg, command.CallKey, new LegOwner(command.Tenant, command.Extension), domain, command.Near)
    {
        Command = command;
        CallId = callId;
    }

    protected RingLeg Command { get; }

    protected byte[] CallId { get; }

    protected byte[] FromTag { get; set; } = NewId();

    /// <summary>A new identifier as it is written in a message.</summary>
    protected static byte[] NewId() => Encoding.ASCII.GetBytes(RandomId.New());

    protected override void OnCallEvent(in SessionEvent e)
    {
        if (IsOver)
            return;
        switch (e.Kind)
        {
            case SessionEventKind.Progress:
                OnProgress(e);
                break;
            case SessionEventKind.Answered:
                OnAnswered(e);
                break;
        }
    }

    protected override void HangUp(CallEnd reason) => Session?.Hangup(new SipPayload(ReasonOf(reason).Bytes));

    /// <summary>The INVITE that is sent next.</summary>
    protected abstract OutgoingRequest Request(uint cseq);

    /// <summary>Sends it. False when there are too many transactions.</summary>
    protected bool Invite(SipStack stack, in SipFlow flow)
    {
        _earlyAnswer = null;
        if (stack.Invite(flow, Request(++_cseq)) is not { } session)
            return false;
        Attach(session);
        return true;
    }

    /// <summary>Tells <see cref="OnSilence"/> when nothing comes back for the INVITE that was sent last; in its shard's turn.</summary>
    protected void WatchForSilence() => _ = Watch(Session!);

    /// <summary>There is nobody where the INVITE was sent to.</summary>
    protected virtual void OnSilence(InviteSession session) => Fail(CallEnd.Unreachable);

    protected LegMedia? PlainMedia(in SipFlow flow) => LegMedia.Create(Edge.Endpoints, flow.Remote.Address, Owner.Tenant, this, webRtc: false);

    private async Task Watch(InviteSession session)
    {
        await Task.Delay(Patience, Edge.Time);
        Shard.Run((Leg: this, session), static (_, state) => state.Leg.NoticeSilence(state.session));
    }

    private void NoticeSilence(InviteSession session)
    {
        if (!IsOver && Session == session && session.State is SessionState.Initial)
            OnSilence(session);
    }

    private void OnProgress(in SessionEvent e)
    {
        if (e.Message is { Body.IsEmpty: false } message && BodyTypes.IsSdp(message))
            _earlyAnswer = message.Body.ToArray();
        if (_rang || e.Status is not (180 or 183))
            return;
        _rang = true;
        Reports.Post(new LegRinging(Id));
    }

    /// <summary>A 200 without a description stands on the answer that a reliable 183 brought.</summary>
    private void OnAnswered(in SessionEvent e)
    {
        var body = e.Message is { Body.IsEmpty: false } message && BodyTypes.IsSdp(message) ? message.Body : _earlyAnswer;
        if (body.IsEmpty || !Media!.TryTakeAnswer(body, out var codec))
        {
            Fail(CallEnd.NoCommonMedia);
            return;
        }
        IsAnswered = true;
        LogAnswered(Edge.Logger, CallKey, Id);
        Reports.Post(new LegAnswered(Id, Media.Id, codec, Media.Link(Command.Link)));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: answered")]
    private static partial void LogAnswered(ILogger logger, string callKey, LegId leg);
}
