using System.Collections.Immutable;
using System.Net;
using Orleans.Runtime;

namespace Webphone.Cluster.Tests.Hosting;

/// <summary>A membership that is as a test says.</summary>
internal sealed class Members(params (string Name, SiloStatus Status)[] members) : IClusterMembershipService
{
    public ClusterMembershipSnapshot CurrentSnapshot { get; } = new(
        members.Select((member, index) => new ClusterMember(AddressOf(index), member.Status, member.Name)).ToImmutableDictionary(member => member.SiloAddress),
        new MembershipVersion(7));

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException("Nobody waits for news here.");

    public static SiloAddress AddressOf(int index) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111 + index), 1000 + index);

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public Task<bool> TryKill(SiloAddress siloAddress) => Task.FromResult(false);
}
