using System.Buffers.Text;
using Webphone.Sip.Dialogs;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Sessions;

/// <summary>
/// The callee's part of an INVITE: provisional responses, reliable ones with their PRACK (<see href="https://www.rfc-editor.org/rfc/rfc3262#section-3">RFC 3262 §3</see>),
/// and the final response, which waits for the PRACK of an answer that is under way.
/// </summary>
internal sealed class CalleeSide
{
    private const int MaxQueued = 8;

    private readonly InviteSession _session;
    private readonly SipStack _stack;
    private readonly bool _reliable;
    private Queue<(byte[] Message, bool Body)>? _queued;
    private Repeater _provisional;
    private byte[]? _heldSuccess;
    private uint _rseq;
    private uint _awaitedRSeq;
    private bool _provisionalHasBody;
    private long _remindAtMs = TransactionCore.Never;
    private byte[]? _reminder;

    public CalleeSide(InviteSession session, SipStack stack, ServerTransaction invite)
    {
        _session = session;
        _stack = stack;
        Invite = invite;
        CSeq = invite.Request.CSeqNumber;
        _reliable = invite.Request.HasToken(HeaderName.Require, "100rel"u8)
            || (session.Options.ReliableProvisionals && invite.Request.HasToken(HeaderName.Supported, "100rel"u8));
    }

    public ServerTransaction Invite { get; }

    /// <summary>The INVITE's number, which its ACK carries.</summary>
    public uint CSeq { get; }

    public long NextDeadlineMs => Math.Min(_provisional.NextDeadlineMs, _remindAtMs);

    private Dialog Dialog => _session.CurrentDialog!;

    public void Carry(CallEffects effects, in Outgoing outgoing)
    {
        if ((effects & (CallEffects.SendProvisional | CallEffects.SendSuccess)) != 0)
            _session.KeepDescription(outgoing.Payload);
        if ((effects & CallEffects.SendProvisional) != 0)
            SendProvisional(outgoing);
        if ((effects & CallEffects.SendSuccess) != 0)
            SendSuccess(outgoing);
        if ((effects & CallEffects.SendFailure) != 0)
            _stack.Respond(Invite, outgoing.Status, outgoing.Payload);
        if ((effects & CallEffects.SendTerminated) != 0)
            _stack.Respond(Invite, 487);
        if ((effects & CallEffects.SendUnavailable) != 0)
            _stack.Respond(Invite, 480, outgoing.Payload);
    }

    public void Stop()
    {
        _provisional.Stop();
        _queued = null;
        _heldSuccess = null;
        _remindAtMs = TransactionCore.Never;
    }

    public void Advance(long nowMs)
    {
        if (_provisional.Advance(nowMs, out var gaveUp) is { } message)
            _stack.Resend(Invite.Return, message);
        if (gaveUp)
        {
            // No PRACK for 64*T1: the INVITE is refused with a 5xx (RFC 3262 §3).
            _heldSuccess = null;
            _session.EndsAs(SessionEnd.NoPrack, 504);
            _stack.Respond(Invite, 504);
            // Answered or even hung up already, but the 2xx waited for that PRACK: there will be no ACK.
            if (_session.State is SessionState.AwaitingAck or SessionState.HangupPending)
                _session.Step(CallInput.Bye);
            else
                _session.Step(CallInput.Lost);
            return;
        }
        if (_remindAtMs > nowMs)
            return;
        // A proxy forgets an INVITE that has been silent for three minutes (RFC 3261 §13.3.1.1).
        _remindAtMs = nowMs + SipStack.RemindAfterMs;
        if (_reminder is not null && !Invite.IsAnswered)
            _stack.Layer.Servers.Respond(Invite, 180, _reminder, nowMs);
    }

    /// <summary>A PRACK: false if it acknowledges nothing that waits (481).</summary>
    public bool TakePrack(SipMessage prack, out PrackBody carries)
    {
        carries = PrackBody.None;
        if (!_provisional.IsRunning || !Matches(prack.Headers(HeaderName.RAck).First))
            return false;
        _provisional.Stop();
        if (prack.Body.IsEmpty)
            return true;
        if (Dialog.Offers.ReceiveAnswer())
            carries = PrackBody.Answer;
        else if (Dialog.Offers.ReceiveOffer() == OfferVerdict.Accepted)
            carries = PrackBody.Offer;
        return true;
    }

    /// <summary>After the PRACK has been answered: what waited for it goes out.</summary>
    public void ContinueAfterPrack()
    {
        if (_heldSuccess is { } held)
        {
            _heldSuccess = null;
            Transmit(200, held);
            _session.Success.Start(held, _stack.Options.Timers, _stack.Options.Timers.T2Ms, _stack.NowMs);
        }
        else if (_queued is { Count: > 0 } queued)
        {
            var (message, body) = queued.Dequeue();
            SendReliably(message, body);
        }
        _session.Rearm();
    }

    private bool Matches(ReadOnlySpan<byte> rack)
    {
        if (!Utf8Parser.TryParse(rack, out uint rseq, out var used) || rseq != _awaitedRSeq)
            return false;
        rack = rack[used..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(rack, out uint cseq, out used) && cseq == CSeq && rack[used..].Trim(" \t"u8).SequenceEqual("INVITE"u8);
    }

    private void SendProvisional(in Outgoing outgoing)
    {
        var body = !outgoing.Payload.Body.IsEmpty;
        if (_reliable)
        {
            if (body && !Dialog.Offers.SendAnswer())
                Dialog.Offers.SendOffer();
            if (_rseq == 0)
                _rseq = _stack.Identifiers.SequenceStart();
            var message = Compose(outgoing, ++_rseq);
            if (!_provisional.IsRunning)
                SendReliably(message, body);
            else if ((_queued ??= []).Count < MaxQueued)
                _queued.Enqueue((message, body));
            else
                _rseq--;
            return;
        }
        _reminder = Compose(outgoing, 0);
        _remindAtMs = _stack.NowMs + SipStack.RemindAfterMs;
        Transmit(outgoing.Status, _reminder);
    }

    private void SendReliably(byte[] message, bool body)
    {
        _awaitedRSeq = _rseq - (uint)(_queued?.Count ?? 0);
        _provisionalHasBody = body;
        _provisional.Start(message, _stack.Options.Timers, int.MaxValue / 4, _stack.NowMs);
        Transmit(180, message);
    }

    private void SendSuccess(in Outgoing outgoing)
    {
        if (!outgoing.Payload.Body.IsEmpty && !Dialog.Offers.SendAnswer())
            Dialog.Offers.SendOffer();
        Dialog.Confirm();
        _remindAtMs = TransactionCore.Never;
        _reminder = null;
        _queued = null;
        var message = Compose(outgoing, 0);
        if (_provisional.IsRunning && _provisionalHasBody)
        {
            // The answer in a reliable 1xx must be acknowledged before the 2xx (RFC 3262 §3).
            _heldSuccess = message;
            return;
        }
        _provisional.Stop();
        Transmit(200, message);
        _session.Success.Start(message, _stack.Options.Timers, _stack.Options.Timers.T2Ms, _stack.NowMs);
    }

    private void Transmit(int status, byte[] message) => _stack.Layer.Servers.Respond(Invite, status, message, _stack.NowMs);

    private byte[] Compose(in Outgoing outgoing, uint rseq)
    {
        var writer = new SipWriter(1024);
        try
        {
            SipResponse.Begin(ref writer, Invite.Request, outgoing.Status, Dialog.LocalTag);
            _stack.WriteContact(ref writer, Invite.Flow, Dialog.IsSecure, _session.IsFocus);
            if (rseq != 0)
            {
                writer.Header(HeaderName.Require, "100rel"u8);
                writer.Header(HeaderName.RSeq, rseq);
            }
            if (outgoing.Status >= 200)
            {
                _stack.WriteCapabilities(ref writer);
                SessionTimerHeaders.WriteResponse(ref writer, _session.Timer, Invite.Request);
            }
            SipStack.WritePayload(ref writer, outgoing.Payload);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }
}

/// <summary>The session description in a PRACK (RFC 3262 §5).</summary>
internal enum PrackBody : byte
{
    None,

    /// <summary>The answer to the offer of the response that it acknowledges.</summary>
    Answer,

    /// <summary>A new offer, which its 200 answers.</summary>
    Offer,
}
