using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Media;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.SipEdge.Media;
using Webphone.Silo.SipEdge.Registrar;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>What an INVITE asks for, once it is known who asks.</summary>
/// <param name="Owner">Whose leg it is.</param>
/// <param name="Outside">Who calls from outside; null for a user.</param>
internal sealed record CallAsked(LegOwner Owner, string Dialled, Consultation? Replaces = null, Consultation? Joins = null, OutsideCaller? Outside = null);

/// <summary>The leg of a phone or a gateway that calls: it is known whose INVITE it is, and what it hears of the call are answers to that.</summary>
internal sealed partial class IncomingLeg : Leg
{
    private readonly bool _offersLater;

    private IncomingLeg(EdgeContext edge, SipShard shard, string callKey, LegOwner owner, string domain, bool offersLater)
        : base(edge, shard, new LegId($"{callKey[(owner.Tenant.Length + 1)..]}-0"), callKey, owner, domain) => _offersLater = offersLater;

    /// <summary>Takes the INVITE as a new call, or refuses it. In the shard's turn.</summary>
    public static void Begin(EdgeContext edge, SipShard shard, ServerTransaction invite, TenantRecord tenant, CallAsked asked)
    {
        var request = invite.Request;
        if (!request.Body.IsEmpty && !BodyTypes.IsSdp(request))
        {
            shard.Stack.Respond(invite, 415, new SipPayload(new HeaderLines().Add("Accept", BodyTypes.Sdp).Bytes));
            return;
        }
        if (edge.Legs.Count >= edge.Options.MaxLegs)
        {
            Busy(shard, invite);
            return;
        }
        var device = DeviceId.OfCaller(request);
        var offer = request.Body;
        var flow = invite.Flow;
        if (shard.Stack.OpenSession(invite) is not { } session)
            return;
        var leg = new IncomingLeg(edge, shard, edge.Options.CallKeys.New(tenant.Name), asked.Owner, tenant.Domain, offer.IsEmpty);
        leg.Attach(session);
        if (LegMedia.Create(edge.Endpoints, flow.Remote.Address, tenant.Name, leg, offer.IsEmpty ? IsWeb(flow) : WebRtcAttributes.Has(offer.Span)) is not { } media)
        {
            leg.Refuse(503, CallEnd.Overloaded);
            return;
        }
        leg.Attach(media);
        var codecs = ImmutableArray<MediaCodec>.Empty;
        if (!offer.IsEmpty && !media.TryTakeOffer(offer, out codecs))
        {
            leg.Refuse(488, CallEnd.NoCommonMedia);
            return;
        }
        edge.Legs.TryAdd(leg);
        LogStarted(edge.Logger, leg.CallKey, leg.Id, asked.Owner.Extension, flow);
        leg.Reports.Start(new StartCall(
            leg.Id, edge.Options.Node, tenant.Name, asked.Owner.Extension, device, asked.Dialled, media.Id, codecs, Replaces: asked.Replaces, Joins: asked.Joins, Outside: asked.Outside));
    }

    /// <summary>The far side rings.</summary>
    public void ShowRinging()
    {
        if (!IsOver && Session!.State is SessionState.Initial or SessionState.Early)
            Session!.Ring();
    }

    /// <summary>The far side answered, speaking the codec.</summary>
    public void Answer(MediaCodec? codec, Party connected)
    {
        if (IsOver || IsAnswered)
            return;
        var description = _offersLater ? Media!.Offer(codec is { } spoken ? [spoken] : []) : Media!.Answer(codec);
        // The plan says what a number is: a conference answers with its own.
        Session!.IsFocus = !Owner.IsOutside && NumberingPlan.Resolve(connected.Number, Owner.Tenant, Edge.Directory) is Destination.Place { Where.Kind: PlaceKind.Room };
        // Who of us answers is not told outside: a caller knows the number that they dialled.
        if (!Session.Answer(new SipPayload(Owner.IsOutside ? default : new HeaderLines().Assert(connected, Domain).Bytes, description)))
            return;
        IsAnswered = true;
        LogAnswered(Edge.Logger, CallKey, Id);
    }

    protected override void OnCallEvent(in SessionEvent e)
    {
        if (e.Kind is not SessionEventKind.Acknowledged || !_offersLater || IsOver)
            return;
        if (e.Message is not { Body.IsEmpty: false } ack || !Media!.TryTakeAnswer(ack.Body, out _))
            Fail(CallEnd.NoCommonMedia);
    }

    protected override void HangUp(CallEnd reason)
    {
        if (Session!.State is SessionState.Initial or SessionState.Early)
        {
            var status = CallEndMapping.Status(reason);
            var lines = ReasonOf(reason);
            if (status == 503)
                lines.Add("Retry-After", "5");
            Session.Reject(status, new SipPayload(lines.Bytes));
        }
        else
        {
            Session.Hangup(new SipPayload(ReasonOf(reason).Bytes));
        }
    }

    /// <summary>Ends it before its call knows of it.</summary>
    private void Refuse(int status, CallEnd reason)
    {
        LogRefused(Edge.Logger, CallKey, Id, status);
        End(reason);
    }

    private static void Busy(SipShard shard, ServerTransaction invite) =>
        shard.Stack.Respond(invite, 503, new SipPayload(new HeaderLines().Add("Retry-After", "5").Bytes));

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: {Extension} calls over {Flow}")]
    private static partial void LogStarted(ILogger logger, string callKey, LegId leg, string extension, SipFlow flow);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: answered")]
    private static partial void LogAnswered(ILogger logger, string callKey, LegId leg);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: refused with {Status}")]
    private static partial void LogRefused(ILogger logger, string callKey, LegId leg, int status);
}
