using System.Text;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Calls;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.SipEdge.Legs;
using Webphone.Sip.Authentication;
using Webphone.Sip.Locating;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge.Trunks;

/// <summary>
/// The leg of somebody outside who is called: our INVITE to the gateways of a trunk, one after the other until one takes it.
/// <code>
///   the next gateway ──► INVITE ── 401, 407 ──► again with the trunk's password, once
///        ▲                 │ ├──── 488 ───────► again with keys, once (RFC 4568)
///        │                 │ └──── it rings, answers or refuses: as a phone does
///        └─ 503, 408, no way there, nothing comes back in time
/// </code>
/// </summary>
internal sealed partial class TrunkLeg : OutgoingLeg
{
    private readonly TrunkRecord _trunk;
    private readonly string _number;
    private readonly Queue<(string Gateway, SipTarget Target)> _targets = [];
    private int _asked;
    private SipFlow _flow;
    private byte[] _uri = [];
    private byte[] _proof = [];

    private TrunkLeg(EdgeContext edge, SipShard shard, RingLeg command, byte[] callId, TrunkRecord trunk, string number, string domain)
        : base(edge, shard, command, callId, trunk.Domain ?? domain)
    {
        _trunk = trunk;
        _number = number;
    }

    /// <summary>Begins to call. False when there is no such trunk any more, or no leg can be made.</summary>
    public static bool Ring(EdgeContext edge, SipDriver driver, RingLeg command, TenantRecord tenant, string trunkName)
    {
        if (edge.Legs.Count >= edge.Options.MaxLegs || tenant.FindTrunk(trunkName) is not { } trunk || trunk.Sends(command.Binding.Contact) is not { } number)
            return false;
        var callId = NewId();
        var leg = new TrunkLeg(edge, driver.ShardOf(callId), command, callId, trunk, number, tenant.Domain);
        if (edge.Legs.TryAdd(leg))
            _ = leg.CallNext(CallEnd.Unreachable);
        return true;
    }

    protected override OutgoingRequest Request(uint cseq)
    {
        var caller = Identities.NameAddr(Command.Caller, Domain);
        var lines = new HeaderLines().Add("P-Asserted-Identity"u8, caller);
        var offer = Media!.Offer(Command.Codecs.IsDefault ? [] : Command.Codecs);
        return new OutgoingRequest(_uri, caller, new byte[] { (byte)'<' }.Concat(_uri).Append((byte)'>').ToArray(), new SipPayload((byte[])[.. lines.Bytes.Span, .. _proof], offer))
        {
            CallId = CallId,
            FromTag = FromTag,
            CSeq = cseq,
        };
    }

    protected override CallEnd EndOf(in SessionEvent e) =>
        e is { End: SessionEnd.RemoteReject } && !IsAnswered ? CallEndMapping.FromGateway(e.Status) : base.EndOf(e);

    protected override bool TriesAgain(in SessionEvent e)
    {
        if (IsAnswered)
            return false;
        switch (e)
        {
            case { End: SessionEnd.RemoteReject, Status: 401 or 407, Message: { } challenge }:
                return TryProve(challenge) && Send(Shard.Stack);
            case { End: SessionEnd.RemoteReject, Status: 488 or 606 }:
                return Media!.TrySecure() && Send(Shard.Stack);
            case { End: SessionEnd.RemoteReject, Status: 408 or 503 } or { End: SessionEnd.NoResponse or SessionEnd.TransportFailed }:
                LogTriesNext(Edge.Logger, CallKey, Id, _flow, e.Status);
                _ = CallNext(EndOf(e));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Calls the next gateway that there is a way to, or ends the leg.</summary>
    private async Task CallNext(CallEnd why)
    {
        try
        {
            while (await NextTarget() is var (gateway, target))
            {
                var goesOn = false;
                Shard.Run((gateway, target), (shard, next) => goesOn = IsOver || Call(shard.Stack, next.gateway, next.target));
                if (goesOn)
                    return;
            }
        }
        // Nobody awaits it: whatever is wrong with a gateway, the call hears that there is no way.
        catch (Exception failure)
        {
            LogFailed(Edge.Logger, failure, CallKey, Id);
        }
        Shard.Run((Leg: this, why), static (_, state) => state.Leg.Fail(state.why));
    }

    private async ValueTask<(string Gateway, SipTarget Target)?> NextTarget()
    {
        while (_targets.Count == 0)
        {
            if (_asked == _trunk.Gateways.Length)
                return null;
            var gateway = _trunk.Gateways[_asked++];
            foreach (var target in await SipTargets.Find(gateway, Edge.Time))
                _targets.Enqueue((gateway, target));
        }
        return _targets.Dequeue();
    }

    private bool Call(SipStack stack, string gateway, SipTarget target)
    {
        if (!SipUri.TryParse(Encoding.ASCII.GetBytes(gateway), out var uri, out _)
            || !Edge.Network.TryOpen(target.Transport, target.EndPoint, uri.HostText.Trim('[', ']'), out _flow) || PlainMedia(_flow) is not { } media)
            return false;
        Media?.Release();
        Attach(media);
        // To another gateway it is another call.
        FromTag = NewId();
        _uri = Encoding.ASCII.GetBytes($"sip:{UriEscaping.EncodeUser(_number)}@{uri.HostText}{(uri.Port == 0 ? "" : $":{uri.Port}")}");
        _proof = [];
        LogCalls(Edge.Logger, CallKey, Id, _trunk.Name, _flow);
        return Send(stack);
    }

    private bool Send(SipStack stack)
    {
        if (!Invite(stack, _flow))
            return false;
        WatchForSilence();
        return true;
    }

    protected override void OnSilence(InviteSession session)
    {
        LogTriesNext(Edge.Logger, CallKey, Id, _flow, 408);
        Abandon(session);
        _ = CallNext(CallEnd.Unreachable);
    }

    /// <summary>Answers the gateway's challenge; false when that was done before, or cannot be.</summary>
    private bool TryProve(SipMessage challenge)
    {
        if (_proof.Length > 0 || _trunk.Credentials is not var (user, secret))
            return false;
        var writer = new SipWriter(512);
        try
        {
            if (!DigestClient.TryAnswer(ref writer, challenge, user, secret, SipMethod.Invite.Token(), _uri, NewId(), nonceCount: 1))
                return false;
            _proof = writer.ToArray();
            return true;
        }
        finally
        {
            writer.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{CallKey} {Leg}: calls by trunk {Trunk} over {Flow}")]
    private static partial void LogCalls(ILogger logger, string callKey, LegId leg, string trunk, SipFlow flow);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{CallKey} {Leg}: the gateway at {Flow} does not take the call, status {Status}; the next one is asked")]
    private static partial void LogTriesNext(ILogger logger, string callKey, LegId leg, SipFlow flow, int status);

    [LoggerMessage(Level = LogLevel.Error, Message = "{CallKey} {Leg}: the gateway could not be called")]
    private static partial void LogFailed(ILogger logger, Exception failure, string callKey, LegId leg);
}
