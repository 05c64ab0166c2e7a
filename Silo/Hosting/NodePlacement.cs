using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Webphone.Grains.Nodes;

namespace Webphone.Silo.Hosting;

/// <summary>
/// A node's grain is started on the silo that bears the node's name, whoever asks first. By its attribute it would be where it is asked for: the message that finds it leaving is placed by the
/// silo that it leaves, which takes it back. Compiled when Engine is Orleans.
/// </summary>
internal sealed class NodePlacement : PlacementStrategy
{
    public static void AddTo(ISiloBuilder silo)
    {
        silo.Services.AddPlacementDirector<NodePlacement, Director>();
        silo.Services.AddSingleton<IGrainPropertiesProvider, Properties>();
    }

    /// <summary>Comes after what the grain's own attributes say, and so counts.</summary>
    private sealed class Properties : IGrainPropertiesProvider
    {
        public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties)
        {
            if (grainClass == typeof(NodeGrain)) properties[WellKnownGrainTypeProperties.PlacementStrategy] = nameof(NodePlacement);
        }
    }

    internal sealed class Director(IClusterMembershipService membership) : IPlacementDirector
    {
        public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
        {
            var silos = context.GetCompatibleSilos(target);
            var node = target.GrainIdentity.Key.ToString();
            foreach (var (address, member) in membership.CurrentSnapshot.Members)
            {
                if (member.Status == SiloStatus.Active && member.Name == node && silos.Contains(address)) return Task.FromResult(address);
            }

            // A node without grains, or one that is not there.
            return Task.FromResult(silos.Contains(context.LocalSilo) ? context.LocalSilo : silos[0]);
        }
    }
}
