using System.Text;
using Webphone.Sip.Dialogs;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Sip.Subscriptions;

/// <summary>
/// One subscription that we notify of (<see href="https://www.rfc-editor.org/rfc/rfc6665">RFC 6665</see>): its dialog, its time, and the NOTIFY that is on its way.
/// All methods in turns of its stack.
/// </summary>
public sealed class Subscription : TimerNode
{
    /// <summary>Between the answer to a NOTIFY and the next one, unless the subscriber asks.</summary>
    internal const int RestMs = 100;

    /// <summary>What a subscriber waits for that cannot be notified for now.</summary>
    private const int BusyMs = 2_000;

    private const int LongestRetryMs = 300_000;

    private readonly SipStack _stack;
    private readonly ISubscriptionOwner _owner;
    private SubscriptionCore _core;
    private SubscriptionEnd _end;
    private int _restMs;
    private long _restUntilMs = long.MaxValue;

    internal Subscription(SipStack stack, Dialog dialog, byte[] eventValue, ISubscriptionOwner owner)
    {
        _stack = stack;
        _owner = owner;
        Dialog = dialog;
        Event = eventValue;
    }

    public Dialog Dialog { get; }

    /// <summary>The Event value: the package, and the id where there is one.</summary>
    public byte[] Event { get; }

    public SubscriptionStage Stage => _core.Stage;

    public int GrantedSeconds { get; private set; }

    /// <summary>When it ends unless it is refreshed, in the stack's time.</summary>
    public long ExpiresAtMs { get; private set; }

    /// <summary>How many documents were sent before the one that is written now: the version that event packages number them with.</summary>
    public uint Version => Dialog.LocalCSeq - 1;

    /// <summary>Whether the last NOTIFY has been written, or is being written.</summary>
    public bool IsEnding => _core.Stage >= SubscriptionStage.Ending;

    public bool IsOver => _core.Stage == SubscriptionStage.Over;

    /// <summary>What a store needs to make it again.</summary>
    public SubscriptionRecord ToRecord() => new(
        Text(Dialog.CallId), Text(Dialog.Local), Text(Dialog.LocalTag), Text(Dialog.Remote), Text(Dialog.RemoteTag), Text(Dialog.RemoteTarget),
        [.. Dialog.RouteSet.Select(Text)], Dialog.IsSecure, Text(Event), GrantedSeconds, Dialog.RemoteCSeq);

    /// <summary>What is subscribed to has changed: the subscriber is told as soon as it may be.</summary>
    public void Changed() => Step(SubscriptionInput.Changed);

    /// <summary>Ends it, telling the subscriber.</summary>
    public void End(SubscriptionEnd reason)
    {
        if (_core.Stage is SubscriptionStage.Closing or SubscriptionStage.Ending or SubscriptionStage.Over)
            return;
        _end = reason;
        Step(SubscriptionInput.Ended);
    }

    /// <summary>Grants a refresh, or with 0 seconds ends it: answers the request, and tells everything anew.</summary>
    /// <returns>Whether something changed that a store keeps: the subscriber's place.</returns>
    public bool Refresh(ServerTransaction subscribe, int seconds)
    {
        if (subscribe.IsAnswered)
            return false;
        if (_core.Stage is SubscriptionStage.Closing or SubscriptionStage.Ending or SubscriptionStage.Over)
        {
            _stack.Refuse(subscribe, 481);
            return false;
        }
        var (flow, target) = (Dialog.Flow, Dialog.RemoteTarget);
        Dialog.RefreshTarget(subscribe.Request);
        Dialog.Flow = subscribe.Flow;
        Grant(subscribe, seconds);
        return flow != Dialog.Flow || !ReferenceEquals(target, Dialog.RemoteTarget);
    }

    /// <summary>The subscriber is reached by this flow from now on. Where the old one was lost it is told everything.</summary>
    public void MoveTo(in SipFlow flow)
    {
        Dialog.Flow = flow;
        if (_core.Stage == SubscriptionStage.Away)
            Step(SubscriptionInput.FlowFound);
    }

    /// <summary>It holds for so long from now.</summary>
    internal void Allow(int seconds)
    {
        GrantedSeconds = seconds;
        ExpiresAtMs = _stack.NowMs + (seconds * 1000L);
    }

    internal void Grant(ServerTransaction subscribe, int seconds)
    {
        Allow(seconds);
        Accept(subscribe);
        if (seconds == 0)
            End(SubscriptionEnd.Timeout);
        else
            Step(SubscriptionInput.Granted);
    }

    internal void GoOn(bool isAway)
    {
        _core.Stage = isAway ? SubscriptionStage.Away : SubscriptionStage.Idle;
        if (isAway)
            Rearm();
        else
            Step(SubscriptionInput.FlowFound);
    }

    internal void OnRequest(ServerTransaction transaction)
    {
        var request = transaction.Request;
        if (!Dialog.TakeRemoteCSeq(request.CSeqNumber))
            _stack.Refuse(transaction, 500);
        else if (request.Method == SipMethod.Options)
            _stack.Respond(transaction, 200);
        else if (request.Method != SipMethod.Subscribe)
            _stack.Refuse(transaction, 405);
        else if (_core.Stage is SubscriptionStage.Closing or SubscriptionStage.Ending)
            _stack.Refuse(transaction, 481);
        else if (!SubscriptionTable.TryReadEvent(request, out var value) || !Ascii.EqualsIgnoreCase(value, Event))
            _stack.Refuse(transaction, 489);
        else
            _owner.OnRefresh(this, transaction);
    }

    /// <summary>The NOTIFY's answer (RFC 6665 §4.2.2): what is neither a 2xx nor comes with Retry-After ends the subscription.</summary>
    internal void OnResponse(SipMessage? response, int status)
    {
        if (status < 200)
            return;
        if (status < 300)
        {
            _restMs = RestMs;
            Step(SubscriptionInput.Taken);
        }
        else if (response is null && status == 503)
        {
            Step(SubscriptionInput.FlowLost);
        }
        else if (response is not null && DeltaSeconds.TryParse(response.Headers(HeaderName.RetryAfter).First, out var retry, out _))
        {
            _restMs = (int)Math.Clamp(retry.Seconds * 1000L, RestMs, LongestRetryMs);
            Step(SubscriptionInput.Busy);
        }
        else
        {
            Step(SubscriptionInput.Refused);
        }
    }

    protected internal override void OnDue(long nowMs)
    {
        if (nowMs >= ExpiresAtMs)
            End(SubscriptionEnd.Timeout);
        else if (nowMs >= _restUntilMs)
            Step(SubscriptionInput.Rested);
        if (!IsOver)
            Rearm();
    }

    private void Step(SubscriptionInput input)
    {
        var effects = SubscriptionMachine.Step(ref _core, input);
        if (_core.Stage != SubscriptionStage.Resting)
            _restUntilMs = long.MaxValue;
        if ((effects & SubscriptionEffects.Rest) != 0)
            _restUntilMs = _stack.NowMs + _restMs;
        if ((effects & SubscriptionEffects.Forget) != 0)
        {
            _stack.Wheel.Disarm(this);
            _stack.Subscriptions.Remove(this);
            _owner.OnOver(this);
            return;
        }
        Rearm();
        if ((effects & SubscriptionEffects.Notify) != 0)
            Notify();
    }

    /// <summary>Once the last NOTIFY is to be sent nothing but its answer matters, and that has a time of its own.</summary>
    private void Rearm() => _stack.Wheel.Arm(
        this, _core.Stage is SubscriptionStage.Closing or SubscriptionStage.Ending ? long.MaxValue : Math.Min(ExpiresAtMs, _restUntilMs));

    private void Notify()
    {
        var cseq = Dialog.NextCSeq();
        var payload = _owner.State(this, _core.IsFull);
        var writer = new SipWriter(2048);
        try
        {
            Span<byte> branch = stackalloc byte[SipIdentifiers.BranchLength];
            _stack.BeginRequest(ref writer, Dialog, SipMethod.Notify.Token(), cseq, branch);
            _stack.WriteContact(ref writer, Dialog.Flow, Dialog.IsSecure);
            writer.Header(HeaderName.Event, Event);
            WriteState(ref writer);
            _stack.WriteProduct(ref writer);
            SipStack.WritePayload(ref writer, payload);
            if (_stack.Transmit(null, SipMethod.Notify, SipMethod.Notify.Token(), branch, Dialog.Flow, writer.Written) is { } transaction)
            {
                transaction.Subscription = this;
                return;
            }
        }
        finally
        {
            writer.Dispose();
        }
        _restMs = BusyMs;
        Step(SubscriptionInput.Busy);
    }

    private void WriteState(ref SipWriter writer)
    {
        writer.BeginHeader(HeaderName.SubscriptionState);
        if (IsEnding)
        {
            writer.Raw("terminated;reason="u8);
            writer.Raw(_end.Token());
        }
        else
        {
            writer.Raw("active;expires="u8);
            writer.Number((uint)Math.Max(0, (ExpiresAtMs - _stack.NowMs) / 1000));
        }
        writer.EndLine();
    }

    private void Accept(ServerTransaction subscribe)
    {
        var writer = new SipWriter(256);
        try
        {
            writer.Header(HeaderName.Expires, (uint)GrantedSeconds);
            _stack.WriteContact(ref writer, Dialog.Flow, Dialog.IsSecure);
            _stack.Respond(subscribe, 200, new SipPayload(writer.ToArray()));
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static string Text(byte[] text) => Encoding.UTF8.GetString(text);
}
