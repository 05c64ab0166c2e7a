using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;
using Webphone.Grains.Calls;
using Webphone.Silo.SipEdge;

namespace Webphone.Silo.Hosting;

/// <summary>
/// Names calls so that the part of Orleans' directory which says where they are is on this silo, where their grains begin too: looking a new call up, entering it and taking it out again
/// ask no other silo. The parts are those of the distributed directory: each silo has the hashes above its own boundaries, up to the next. Were they others, calls
/// would be found all the same, by a message. Compiled when Engine is Orleans.
/// </summary>
internal sealed class NearCallKeys(IGrainFactory grains, IClusterMembershipService membership, ILocalSiloDetails here, IOptions<GrainDirectoryOptions> directory) : ICallKeys
{
    /// <summary>A silo whose part is small finds none that is in it in so many tries, now and then.</summary>
    private const int Tries = 64;

    private readonly RandomCallKeys _random = new();
    private readonly GrainType _call = grains.GetGrain<ICallGrain>("any/call").GetGrainId().Type;
    private Ring _ring = new(MembershipVersion.MinValue, []);

    public string New(string tenant)
    {
        var ring = Current();
        var key = _random.New(tenant);
        for (var tried = 1; tried < Tries && !ring.Owns(GrainId.Create(_call, key)); tried++) key = _random.New(tenant);
        return key;
    }

    private Ring Current()
    {
        var snapshot = membership.CurrentSnapshot;
        var ring = Volatile.Read(ref _ring);
        if (ring.Version == snapshot.Version) return ring;
        var boundaries = snapshot.Members.Values
            .Where(static member => member.Status == SiloStatus.Active)
            .SelectMany(member => BoundariesOf(member.SiloAddress), (member, boundary) => (boundary, member.SiloAddress.Equals(here.SiloAddress)));
        ring = new Ring(snapshot.Version, [.. boundaries.Order()]);
        Volatile.Write(ref _ring, ring);
        return ring;
    }

    private uint[] BoundariesOf(SiloAddress silo) =>
        directory.Value.PartitionsPerSilo is var parts and not 1 ? silo.GetUniformHashCodes(parts) : [unchecked((uint)silo.GetConsistentHashCode())];

    private sealed record Ring(MembershipVersion Version, (uint Boundary, bool IsOurs)[] Parts)
    {
        public bool Owns(GrainId grain)
        {
            if (Parts.Length == 0) return true;
            var hash = grain.GetUniformHashCode();
            // Below the first boundary the circle closes.
            var isOurs = Parts[^1].IsOurs;
            foreach (var part in Parts)
            {
                if (part.Boundary >= hash) break;
                isOurs = part.IsOurs;
            }

            return isOurs;
        }
    }
}
