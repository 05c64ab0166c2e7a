using System.Text;
using Webphone.Grains.Calls;
using Webphone.Silo.Edges;
using Webphone.Silo.SipEdge.Gate;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge.Legs;

/// <summary>
/// A phone's REFER in a dialog (<see href="https://www.rfc-editor.org/rfc/rfc3515">RFC 3515</see>, <see href="https://www.rfc-editor.org/rfc/rfc5589">RFC 5589</see>):
/// the transfer that its user asks for, and the NOTIFY requests that say how it goes. A Replaces in the target's URI names the phone's other
/// dialog, whose far side is the target. All of it happens in turns of the leg's shard.
/// </summary>
internal sealed class Referral(EdgeContext edge, Leg leg)
{
    private static readonly byte[] SipFragment = "message/sipfrag;version=2.0"u8.ToArray();

    private string? _requestId;
    private string _event = "refer";
    private bool _tells;

    public void Take(SipStack stack, ServerTransaction request)
    {
        if (_requestId is not null)
        {
            stack.Respond(request, 491);
            return;
        }
        if (!TryRead(request.Request, out var target, out var replaces, out var refusal))
        {
            stack.Respond(request, refusal);
            return;
        }
        _requestId = RandomId.New();
        if (replaces.Length == 0)
            Begin(stack, request, target, null);
        else if (edge.Legs.FindConsultation(leg.Owner, replaces) is { } consultation)
            Begin(stack, request, target, consultation);
        else
            // A phone with flows to several nodes (RFC 5626) may have its calls by different ones.
            _ = FindElsewhere(request, target, replaces);
    }

    private async Task FindElsewhere(ServerTransaction request, string target, string replaces)
    {
        var found = await edge.Others.FindDialog(leg.Owner.Tenant, leg.Owner.Extension, replaces);
        leg.Shard.Run((Referral: this, request, target, found), static (turn, state) => state.Referral.BeginFound(turn.Stack, state.request, state.target, state.found));
    }

    private void BeginFound(SipStack stack, ServerTransaction request, string target, Consultation? found)
    {
        if (found is not null && leg.CanTransfer)
        {
            Begin(stack, request, target, found);
            return;
        }
        _requestId = null;
        // Not 481: that would end this dialog too (RFC 3261 §12.2.1.2).
        stack.Respond(request, 403);
    }

    private void Begin(SipStack stack, ServerTransaction request, string target, Consultation? consultation)
    {
        _event = $"refer;id={request.Request.CSeqNumber}";
        // RFC 4488: a phone that does not want to be told says so.
        _tells = !request.Request.Headers(HeaderName.ReferSub).First.StartsWith("false"u8);
        stack.Respond(request, 202, _tells ? default : new SipPayload(new HeaderLines().Add("Refer-Sub", "false").Bytes));
        Notify(100, isFinal: false);
        leg.Reports.Ask(
            new TransferRequest(_requestId!, leg.Id, target, consultation),
            news => leg.Shard.Run((leg, news), static (_, state) => state.leg.TransferChanged(state.news)));
    }

    public void Tell(TransferNews news)
    {
        if (news.RequestId != _requestId || news.Phase == TransferPhase.Trying)
            return;
        _requestId = null;
        Notify(news.Phase == TransferPhase.Done ? 200 : CallEndMapping.Status(news.Reason), isFinal: true);
    }

    private bool TryRead(SipMessage request, out string target, out string replaces, out int refusal)
    {
        (target, replaces, refusal) = ("", "", 400);
        if (!NameAddr.TryParse(request.Headers(HeaderName.ReferTo).First, out var address, out _) || !address.TryGetUri(out var uri))
            return false;
        refusal = 416;
        if (!uri.IsSipOrSips && uri.Scheme != UriScheme.Tel)
            return false;
        refusal = 403;
        if (!leg.CanTransfer || (uri.IsSipOrSips && RequestOrigin.TenantOf(uri, edge.Directory)?.Name != leg.Owner.Tenant))
            return false;
        target = uri.UserText;
        if (!uri.Headers.TryGet("Replaces"u8, out var named))
            return target.Length > 0;
        replaces = UriEscaping.Decode(named);
        return replaces.Length > 0;
    }

    private void Notify(int status, bool isFinal)
    {
        if (!_tells)
            return;
        var lines = new HeaderLines()
            .Add("Event", _event)
            .Add("Subscription-State", isFinal ? "terminated;reason=noresource" : "active;expires=60");
        leg.Say(SipMethod.Notify, new SipPayload(lines.Bytes, Encoding.ASCII.GetBytes($"SIP/2.0 {status} {Encoding.ASCII.GetString(StatusPhrases.Of(status))}\r\n"), SipFragment));
    }
}
