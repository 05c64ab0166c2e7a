using System.Text;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.SipEdge.Media;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>The leg of a device that is called: our INVITE over the flow that the device registered by.</summary>
internal sealed partial class OutgoingLeg : Leg
{
    private bool _rang;
    private byte[]? _earlyAnswer;

    private OutgoingLeg(EdgeContext edge, SipShard shard, RingLeg command, string domain)
        : base(edge, shard, command.Leg, command.CallKey, domain)
    {
    }

    /// <summary>Sends the INVITE. False when the device cannot be reached or no leg can be made. From any thread but within a shard's turn.</summary>
    public static bool Ring(EdgeContext edge, SipDriver driver, RingLeg command, in SipFlow flow, TenantRecord tenant)
    {
        if (edge.Legs.Count >= edge.Options.MaxLegs)
            return false;
        var callId = Encoding.ASCII.GetBytes(Identities.NewId());
        var shard = driver.ShardOf(callId);
        var leg = new OutgoingLeg(edge, shard, command, tenant.Domain);
        if (!edge.Legs.TryAdd(leg))
            return true;
        if (LegMedia.Create(edge.Endpoints, flow.Remote.Address, tenant.Name, leg) is { } media)
            leg.Attach(media);
        else
            edge.Legs.Remove(leg);
        return leg.Media is not null && leg.Call(command, flow, callId);
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

    private bool Call(RingLeg command, SipFlow flow, byte[] callId)
    {
        var sent = false;
        Shard.Run((Leg: this, command, flow, callId), (shard, state) =>
        {
            var session = shard.Stack.Invite(state.flow, Request(state.command, state.callId));
            if (session is null)
                return;
            Attach(session);
            sent = true;
        });
        if (sent)
        {
            LogCalls(Edge.Logger, CallKey, Id, command.Extension, flow);
            return true;
        }
        Media!.Release();
        Edge.Legs.Remove(this);
        return false;
    }

    private OutgoingRequest Request(RingLeg command, byte[] callId)
    {
        var caller = Identities.NameAddr(command.Caller, Domain);
        var callee = Identities.NameAddr(new Party(command.Extension, ""), Domain);
        var lines = new HeaderLines().Add("P-Asserted-Identity"u8, caller);
        foreach (var route in command.Binding.Path.IsDefault ? [] : command.Binding.Path)
            lines.Add("Route", route);
        if (command.AutoAnswer)
            lines.Add("Call-Info", $"<sip:{Domain}>;answer-after=0").Add("Alert-Info", "<http://127.0.0.1>;info=alert-autoanswer;delay=0");
        var offer = Media!.Offer(command.Codecs.IsDefault ? [] : command.Codecs);
        return new OutgoingRequest(Encoding.UTF8.GetBytes(command.Binding.Contact), caller, callee, new SipPayload(lines.Bytes, offer)) { CallId = callId };
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

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: answered")]
    private static partial void LogAnswered(ILogger logger, string callKey, LegId leg);
}
