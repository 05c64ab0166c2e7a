using Orleans.Runtime;

namespace Webphone.Silo.Hosting;

/// <summary>
/// The part of Orleans' distributed directory that one silo keeps while the membership is what it is: each silo has the hashes above its own boundaries, up to the next of any.
/// Compiled when Engine is Orleans.
/// </summary>
internal sealed class DirectoryPart
{
    private readonly (uint Boundary, bool IsOurs)[] _boundaries;

    /// <param name="members">The membership.</param>
    /// <param name="silo">Whose part it is.</param>
    /// <param name="boundariesEach">How many each silo has.</param>
    public DirectoryPart(ClusterMembershipSnapshot members, SiloAddress silo, int boundariesEach)
    {
        Version = members.Version;
        _boundaries = [.. members.Members.Values
            .Where(static member => member.Status == SiloStatus.Active)
            .SelectMany(member => BoundariesOf(member.SiloAddress, boundariesEach), (member, boundary) => (boundary, member.SiloAddress.Equals(silo)))
            .Order()];
    }

    public MembershipVersion Version { get; }

    /// <summary>Whether the silo says where the grain is; true also before the membership is known.</summary>
    public bool Has(GrainId grain)
    {
        if (_boundaries.Length == 0) return true;
        var hash = grain.GetUniformHashCode();
        // Below the first boundary the circle closes.
        var isOurs = _boundaries[^1].IsOurs;
        foreach (var boundary in _boundaries)
        {
            if (boundary.Boundary >= hash) break;
            isOurs = boundary.IsOurs;
        }

        return isOurs;
    }

    private static uint[] BoundariesOf(SiloAddress silo, int count) => count == 1 ? [unchecked((uint)silo.GetConsistentHashCode())] : silo.GetUniformHashCodes(count);
}
