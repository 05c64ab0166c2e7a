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
internal sealed partial class DeviceLeg : OutgoingLeg
{
    private readonly SipFlow _flow;

    private DeviceLeg(EdgeContext edge, SipShard shard, RingLeg command, in SipFlow flow, byte[] callId, string domain)
        : base(edge, shard, command, callId, domain) => _flow = flow;

    /// <summary>Sends the INVITE. False when the device cannot be reached or no leg can be made. From any thread but within a shard's turn.</summary>
    public static bool Ring(EdgeContext edge, SipDriver driver, RingLeg command, in SipFlow flow, TenantRecord tenant)
    {
        if (edge.Legs.Count >= edge.Options.MaxLegs)
            return false;
        var callId = NewId();
        var shard = driver.ShardOf(callId);
        var leg = new DeviceLeg(edge, shard, command, flow, callId, tenant.Domain);
        if (!edge.Legs.TryAdd(leg))
            return true;
        // Who registers over a WebSocket is most likely a browser; one that is not says so with 488.
        var media = IsWeb(flow) ? LegMedia.Create(edge.Endpoints, flow.Remote.Address, tenant.Name, leg, webRtc: true) : null;
        if ((media ?? leg.PlainMedia(flow)) is { } made)
            leg.Attach(made);
        else
            edge.Legs.Remove(leg);
        return leg.Media is not null && leg.Call();
    }

    /// <summary>A phone that refuses WebRTC is asked once more with plain RTP, and one that refuses that with keys.</summary>
    protected override bool TriesAgain(in SessionEvent e)
    {
        if (e is not { End: SessionEnd.RemoteReject, Status: 488 or 606 } || !TryOtherMedia())
            return false;
        LogTriesOther(Edge.Logger, CallKey, Id, e.Status);
        return Invite(Shard.Stack, _flow);
    }

    private bool TryOtherMedia()
    {
        if (!Media!.IsWebRtc)
            return Media.TrySecure();
        if (PlainMedia(_flow) is not { } plain)
            return false;
        Media.Release();
        Attach(plain);
        return true;
    }

    private bool Call()
    {
        var sent = false;
        Shard.Run(this, (shard, leg) => sent = leg.Send(shard.Stack));
        if (sent)
        {
            LogCalls(Edge.Logger, CallKey, Id, Command.Extension, _flow);
            return true;
        }
        Media!.Release();
        Edge.Legs.Remove(this);
        return false;
    }

    private bool Send(SipStack stack)
    {
        if (!Invite(stack, _flow))
            return false;
        // A phone that has no other way gets all the time that its transaction has.
        if (Command.HasOtherFlow)
            WatchForSilence();
        return true;
    }

    protected override OutgoingRequest Request(uint cseq)
    {
        var command = Command;
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
            CallId = CallId,
            FromTag = FromTag,
            CSeq = cseq,
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

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: calls {Extension} over {Flow}")]
    private static partial void LogCalls(ILogger logger, string callKey, LegId leg, string extension, SipFlow flow);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: {Status} to our offer, makes another")]
    private static partial void LogTriesOther(ILogger logger, string callKey, LegId leg, int status);
}
