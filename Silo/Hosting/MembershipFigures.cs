using Microsoft.Extensions.Configuration;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Webphone.Silo.Hosting;

/// <summary>
/// By which figures silos give each other up: one that is gone or hangs is a member for 5 s at most, and what was its business is others' at once. Why by
/// these figures is in docs/decisions/0005. Compiled when Engine is Orleans.
/// </summary>
internal static class MembershipFigures
{
    /// <summary>The longest that a probe may take, however slow its sender finds itself or the other.</summary>
    private const string MaxProbeTimeout = "00:00:01.100";

    /// <summary>How long grains of the dead are kept from coming back elsewhere.</summary>
    private const string RangeLeaseDuration = "00:00:00";

    public static void Set(ISiloBuilder silo)
    {
        silo.Configure<ClusterMembershipOptions>(NoticeDeath);
        // Set by name, as not every 10.4 has them: one without has no such bound, and no such lease.
        silo.Configure<ClusterMembershipOptions>(static membership => SetByName(membership, nameof(MaxProbeTimeout), MaxProbeTimeout));
        silo.Configure<GrainDirectoryOptions>(static directory => SetByName(directory, nameof(RangeLeaseDuration), RangeLeaseDuration));
    }

    private static void NoticeDeath(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30);
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.NumMissedTableIAmAliveLimit = 3;
        membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
    }

    private static void SetByName(object options, string name, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build().Bind(options);
}
