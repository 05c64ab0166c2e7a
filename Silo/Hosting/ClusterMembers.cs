using Orleans.Runtime;
using Webphone.Grains.Nodes;

namespace Webphone.Silo.Hosting;

/// <summary>The members of the cluster by Orleans' membership, where silos bear the names of their nodes. Compiled when Engine is Orleans.</summary>
internal sealed class ClusterMembers(IClusterMembershipService membership) : IMembers
{
    public bool Has(string node)
    {
        foreach (var (_, member) in membership.CurrentSnapshot.Members)
        {
            if (member.Status == SiloStatus.Active && member.Name == node) return true;
        }

        return false;
    }
}
