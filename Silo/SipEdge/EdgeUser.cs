using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.Nodes;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip.Driving;
using Webphone.Silo.SipEdge.Gate;
using Webphone.Silo.SipEdge.Lamps;
using Webphone.Silo.SipEdge.Legs;
using Webphone.Silo.SipEdge.Messages;
using Webphone.Silo.SipEdge.Registrar;
using Webphone.Silo.SipEdge.Trunks;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Sessions;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.SipEdge;

/// <summary>
/// The transaction user of one shard: sends each request to the part that answers it. Nothing that makes something happen gets past the digest gate, and
/// nothing is relayed for a domain that is not ours.
/// </summary>
internal sealed class EdgeUser(
    SipShard shard, EdgeContext edge, DigestGate gate, TrunkOrigins trunks, RegistrarHandler registrar, Watching watching, Publishing publishing, Func<MessageRelay> messages, Func<bool> isStopping)
    : ISipUser
{
    /// <summary>Methods that are served here, besides those that the stack serves.</summary>
    public static IReadOnlyList<SipMethod> Methods { get; } = [SipMethod.Register, SipMethod.Info, SipMethod.Message, SipMethod.Refer, SipMethod.Subscribe, SipMethod.Publish];

    /// <summary>SIP extensions that are served here, besides those that the stack serves.</summary>
    public static IReadOnlyList<string> Extensions { get; } = ["path", "outbound", "eventlist", "replaces", "join"];

    public void OnInvite(ServerTransaction invite)
    {
        if (SendsElsewhere(invite))
            return;
        if (trunks.Of(invite) is { IsEmpty: false } origins)
        {
            TakeOutside(invite, origins);
            return;
        }
        if (Authenticate(invite) is not var (tenant, user))
            return;
        var dialled = Dialled(invite.Request);
        var joins = Joining.Read(invite.Request, user, edge.Legs, out var refusal);
        if (!Replacement.TryRead(invite.Request, out var replaces))
            shard.Stack.Respond(invite, 400);
        else if (dialled.Length == 0)
            shard.Stack.Respond(invite, 484);
        else if (refusal != 0)
            shard.Stack.Respond(invite, refusal);
        else if (replaces is null)
            IncomingLeg.Begin(edge, shard, invite, tenant, new CallAsked(OwnerOf(user), dialled, Joins: joins));
        else if (Replacement.Find(edge.Legs, user.Tenant, user.Extension, replaces) is { Outcome: not ReplacedOutcome.Unknown } known)
            Replace(invite, tenant, user, known);
        else
            // A lamp may have told it, and the phone that rings, or that one talks with, may be another node's.
            _ = ReplaceElsewhere(invite, tenant, user, replaces);
    }

    public void OnRegister(ServerTransaction register)
    {
        if (!SendsElsewhere(register))
            registrar.Take(shard, register);
    }

    public void OnRequest(ServerTransaction request)
    {
        if (request.Method is SipMethod.Options or SipMethod.Subscribe or SipMethod.Publish && SendsElsewhere(request))
            return;
        if (request.Method is SipMethod.Options)
        {
            Options(request);
            return;
        }
        if (Authenticate(request) is not var (tenant, user))
            return;
        switch (request.Method)
        {
            case SipMethod.Message:
                messages().Take(shard, request, tenant, user, Dialled(request.Request));
                break;
            case SipMethod.Subscribe:
                watching.Take(shard, request, tenant, user);
                break;
            case SipMethod.Publish:
                publishing.Take(shard, request, user);
                break;
            default:
                FeatureRefusals.Refuse(shard.Stack, request);
                break;
        }
    }

    public void OnCancel(ServerTransaction invite)
    {
        // One that waits, until other nodes have said what it replaces, finds that it was answered.
    }

    /// <summary>
    /// A phone may go on from another port of its address (NATs forget, connections break), and from another address once it has proved by that very flow
    /// whose it is, which a phone that changes networks does by registering anew.
    /// </summary>
    public bool Believes(InviteSession session, in SipFlow flow) =>
        session.Dialog is { } dialog && dialog.Flow.Remote.Address.Equals(flow.Remote.Address)
        || session.Tag is Leg leg && (gate.HasProved(flow, leg.Owner.Tenant, leg.Owner.Extension) || trunks.Covers(leg.Owner, flow.Remote.Address));

    public void OnSessionEvent(InviteSession session, in SessionEvent e)
    {
        if (session.Tag is Leg leg)
            leg.OnSessionEvent(e);
        else if (e.Kind is SessionEventKind.Ended)
            // One that its leg has abandoned.
            edge.Legs.SessionEnded();
    }

    public void OnResponse(ClientTransaction request, SipMessage? response, int status) => PhoneMessages.OnResponse(request, response, status);

    /// <summary>A call from outside to one of the numbers of the trunks: to whom that leads, the call finds out.</summary>
    private void TakeOutside(ServerTransaction invite, ImmutableArray<TenantTrunk> origins)
    {
        var number = NumberingPlan.WithoutSeparators(Dialled(invite.Request));
        if (invite.Request.Has(HeaderName.Replaces) || invite.Request.Has(HeaderName.Join))
            shard.Stack.Respond(invite, 403);
        else if (origins.FirstOrDefault(origin => origin.Trunk.LeadsTo(number) is not null) is not { } origin)
            shard.Stack.Respond(invite, 404);
        else
            IncomingLeg.Begin(
                edge, shard, invite, origin.Tenant,
                new CallAsked(new LegOwner(origin.Tenant.Name, ""), number, Outside: new OutsideCaller(origin.Trunk.Name, OutsideIdentity.Read(invite.Request, origin, edge.Directory))));
    }

    private static LegOwner OwnerOf(UserRecord user) => new(user.Tenant, user.Extension);

    private async Task ReplaceElsewhere(ServerTransaction invite, TenantRecord tenant, UserRecord user, string replaces)
    {
        var found = LampDialog.IdOf(replaces) is { } id
            ? await LampDialog.Find(edge, user.Tenant, id)
            : await edge.Others.FindReplaced(user.Tenant, user.Extension, replaces);
        shard.Run((User: this, invite, tenant, user, found), static (_, state) =>
        {
            // The caller may have given up, or this node may leave.
            if (!state.invite.IsAnswered && !state.User.SendsElsewhere(state.invite))
                state.User.Replace(state.invite, state.tenant, state.user, state.found);
        });
    }

    private void Replace(ServerTransaction invite, TenantRecord tenant, UserRecord user, ReplacedDialog dialog)
    {
        if (dialog.Wanted is { } wanted)
            IncomingLeg.Begin(edge, shard, invite, tenant, new CallAsked(OwnerOf(user), Dialled(invite.Request), wanted));
        else
            shard.Stack.Respond(invite, Replacement.Status(dialog.Outcome));
    }

    /// <summary>A node that leaves takes nothing new; it may be back after this many seconds.</summary>
    private bool SendsElsewhere(ServerTransaction request)
    {
        if (!isStopping())
            return false;
        shard.Stack.Respond(request, 503, new SipPayload(new HeaderLines().Add("Retry-After", "10").Bytes));
        return true;
    }

    /// <summary>A ping: the same answer whether such a user exists or not.</summary>
    private void Options(ServerTransaction options)
    {
        var known = RequestOrigin.TenantOf(options.Request, edge.Directory) is not null;
        shard.Stack.Respond(options, known ? 200 : 404);
    }

    /// <summary>The tenant and the user that the request proves to be from and says to be from; null when it has been answered.</summary>
    private (TenantRecord Tenant, UserRecord User)? Authenticate(ServerTransaction transaction)
    {
        if (RequestOrigin.TenantOf(transaction.Request, edge.Directory) is not { } tenant)
        {
            shard.Stack.Respond(transaction, 404);
            return null;
        }
        if (gate.Admit(shard.Stack, transaction, tenant) is not { } user)
            return null;
        if (RequestOrigin.IsOwn(transaction.Request.From, user, tenant, edge.Directory))
            return (tenant, user);
        shard.Stack.Respond(transaction, 403);
        return null;
    }

    private static string Dialled(SipMessage request) => request.TryGetRequestUri(out var uri) ? uri.UserText : "";
}
