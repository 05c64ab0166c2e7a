using System.Collections.Immutable;
using System.Net;
using Webphone.Grains.Tenants;
using Webphone.Silo.SipEdge.Gate;
using Webphone.Silo.SipEdge.Legs;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Transactions;

namespace Webphone.Silo.SipEdge.Trunks;

/// <summary>
/// Which INVITEs come from outside: those from a trunk's networks that nobody of ours claims to send. They are believed by their address, as gateways have no
/// password with us. Safe from any thread.
/// </summary>
internal sealed class TrunkOrigins(IDirectory directory)
{
    private Known _known = new([], []);

    /// <summary>
    /// The trunks by whose networks the INVITE comes; none for one that is to prove whose it is. A phone may lie in a gateway's network: it says who it is, or shows a password.
    /// </summary>
    public ImmutableArray<TenantTrunk> Of(ServerTransaction invite)
    {
        var request = invite.Request;
        var trunks = At(invite.Flow.Remote.Address);
        return trunks.IsEmpty || request.Has(HeaderName.Authorization) || request.Has(HeaderName.ProxyAuthorization) || IsOfUser(request) ? [] : trunks;
    }

    /// <summary>Whether a leg of somebody outside may go on from there: a gateway may have more addresses than one.</summary>
    public bool Covers(LegOwner owner, IPAddress address) => owner.IsOutside && At(address).Any(trunk => trunk.Tenant.Name == owner.Tenant);

    private bool IsOfUser(SipMessage request) => request.From.TryGetUri(out var from) && from.IsSipOrSips
        && RequestOrigin.TenantOf(from, directory) is { } tenant && directory.FindUser(tenant.Name, from.UserText) is not null;

    private ImmutableArray<TenantTrunk> At(IPAddress address)
    {
        var all = Current();
        if (all.IsEmpty)
            return [];
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return all.RemoveAll(trunk => !trunk.Trunk.Networks.Any(network => network.Contains(plain)));
    }

    /// <summary>The trunks that have networks; read again when the directory has changed.</summary>
    private ImmutableArray<TenantTrunk> Current()
    {
        var tenants = directory.Tenants;
        var known = Volatile.Read(ref _known);
        if (known.Tenants != tenants)
        {
            known = new Known(tenants, [.. tenants.SelectMany(tenant => tenant.Trunks, (tenant, trunk) => new TenantTrunk(tenant, trunk)).Where(trunk => !trunk.Trunk.Networks.IsEmpty)]);
            Volatile.Write(ref _known, known);
        }
        return known.Trunks;
    }

    private sealed record Known(ImmutableArray<TenantRecord> Tenants, ImmutableArray<TenantTrunk> Trunks);
}

/// <summary>A trunk and whose it is.</summary>
internal sealed record TenantTrunk(TenantRecord Tenant, TrunkRecord Trunk);
