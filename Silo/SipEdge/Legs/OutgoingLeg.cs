using System.Text;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.Edges;
using Webphone.Silo.SipEdge.Media;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>The leg of a device that is called: our INVITE over the flow that the device registered by.</summary>
internal sealed partial class OutgoingLeg : Leg
{
    private static readonly TimeSpan FlowPatience = TimeSpan.FromSeconds(4);

    private readonly RingLeg _command;
    private readonly SipFlow _flow;
    private readonly byte[] _callId;
    private readonly byte[] _tag = Encoding.ASCII.GetBytes(RandomId.New());
    private uint _cseq;
    private bool _rang;
    private byte[]? _earlyAnswer;

    private OutgoingLeg(EdgeContext edge, SipShard shard, RingLeg command, in SipFlow flow, byte[] callId, string domain)
        : base(edge, shard, command.Leg, command.CallKey, new LegOwner(command.Tenant, command.Extension), domain)
    {
        _command = command;
        _flow = flow;
        _callId = callId;
    }

    /// <summary>Sends the INVITE. False when the device cannot be reached or no leg can be made. From any thread but within a shard's turn.</summary>
    public static bool Ring(EdgeContext edge, SipDriver driver, RingLeg command, in SipFlow flow, TenantRecord tenant)
    {
        if (edge.Legs.Count >= edge.Options.MaxLegs)
            return false;
        var callId = Encoding.ASCII.GetBytes(RandomId.New());
        var shard = driver.ShardOf(callId);
        var leg = new OutgoingLeg(edge, shard, command, flow, callId, tenant.Domain);
        if (!edge.Legs.TryAdd(leg))
            return true;
        // Who registers over a WebSocket is most likely a browser; one that is not says so with 488.
        var media = IsWeb(flow) ? LegMedia.Create(edge.Endpoints, flow.Remote.Address, tenant.Name, leg, webRtc: true) : null;
        if ((media ?? leg.PlainMedia()) is { } made)
            leg.Attach(made);
        else
            edge.Legs.Remove(leg);
        return leg.Media is not null && leg.Call();
    }

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

    protected override void HangUp(CallEnd reason) => Session!.Hangup(new SipPayload(ReasonOf(reason).Bytes));

    /// <summary>A phone that refuses WebRTC is asked once more with plain RTP, and one that refuses that with keys.</summary>
    protected override bool TriesAgain(in SessionEvent e)
    {
        if (e is not { End: SessionEnd.RemoteReject, Status: 488 or 606 } || !TryOtherMedia())
            return false;
        _earlyAnswer = null;
        LogTriesOther(Edge.Logger, CallKey, Id, e.Status);
        return Invite(Shard.Stack);
    }

    private bool TryOtherMedia()
    {
        if (!Media!.IsWebRtc)
            return Media.TrySecure();
        if (PlainMedia() is not { } plain)
            return false;
        Media.Release();
        Attach(plain);
        return true;
    }

    private LegMedia? PlainMedia() => LegMedia.Create(Edge.Endpoints, _flow.Remote.Address, Owner.Tenant, this, webRtc: false);

    private bool Call()
    {
        var sent = false;
        Shard.Run(this, (shard, leg) => sent = leg.Invite(shard.Stack));
        if (sent)
        {
            LogCalls(Edge.Logger, CallKey, Id, _command.Extension, _flow);
            if (_command.HasOtherFlow)
                _ = WatchFlow();
            return true;
        }
        Media!.Release();
        Edge.Legs.Remove(this);
        return false;
    }

    /// <summary>A flow by which nothing comes back, not even 100, has failed (RFC 5626 §5.3): the phone has another. Transactions wait eight times as long.</summary>
    private async Task WatchFlow()
    {
        await Task.Delay(FlowPatience, Edge.Time);
        Shard.Run(this, static (_, leg) =>
        {
            if (leg.Session!.State is SessionState.Initial)
                leg.Fail(CallEnd.Unreachable);
        });
    }

    private bool Invite(SipStack stack)
    {
        if (stack.Invite(_flow, Request(_command)) is not { } session)
            return false;
        Attach(session);
        return true;
    }

    private OutgoingRequest Request(RingLeg command)
    {
        var caller = Identities.NameAddr(Named(command.Caller, command.Reason), Domain);
        var callee = Identities.NameAddr(new Party(command.Extension, ""), Domain);
        var lines = new HeaderLines().Add("P-Asserted-Identity"u8, caller);
        // RFC 3892: whoever proved to be a user, not who a phone says it is.
        if (command.ReferredBy is { } by)
            lines.Add("Referred-By"u8, Identities.NameAddr(by, Domain));
        foreach (var route in command.Binding.Path.IsDefault ? [] : command.Binding.Path)
            lines.Add("Route", route);
        if (command.AutoAnswer is { } after)
            lines.Add("Call-Info", $"<sip:{Domain}>;answer-after={(int)after.TotalSeconds}").Add("Alert-Info", $"<http://127.0.0.1>;info=alert-autoanswer;delay={(int)after.TotalSeconds}");
        // RFC 7462 §11.1.3, and what phones know that do not know that.
        else if (command.Reason == RingReason.HoldRecall)
            lines.Add("Alert-Info", "<urn:alert:service:recall:hold>, <http://127.0.0.1/Bellcore-dr3>");
        var offer = Media!.Offer(command.Codecs.IsDefault ? [] : command.Codecs);
        return new OutgoingRequest(Encoding.UTF8.GetBytes(command.Binding.Contact), caller, callee, new SipPayload(lines.Bytes, offer))
        {
            IsFocus = command.Reason == RingReason.Conference,
            CallId = _callId,
            FromTag = _tag,
            CSeq = ++_cseq,
        };
    }

    /// <summary>A phone shows words nowhere but in the name.</summary>
    private static Party Named(Party party, RingReason reason)
    {
        var name = party.Name.Length > 0 ? party.Name : party.Number;
        return reason switch
        {
            RingReason.HoldRecall => party with { Name = $"On hold: {name}" },
            RingReason.Conference => party with { Name = $"Conference: {name}" },
            _ => party,
        };
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
        Reports.Post(new LegAnswered(Id, Media.Id, codec));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: calls {Extension} over {Flow}")]
    private static partial void LogCalls(ILogger logger, string callKey, LegId leg, string extension, SipFlow flow);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: {Status} to our offer, makes another")]
    private static partial void LogTriesOther(ILogger logger, string callKey, LegId leg, int status);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: answered")]
    private static partial void LogAnswered(ILogger logger, string callKey, LegId leg);
}
