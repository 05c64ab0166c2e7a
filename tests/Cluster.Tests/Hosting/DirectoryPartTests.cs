using System.Reflection;
using Orleans.Configuration;
using Orleans.Runtime;
using Webphone.Silo.Hosting;

namespace Webphone.Cluster.Tests.Hosting;

/// <summary>What we believe of Orleans' directory is asked of Orleans itself, so that another version which divides it otherwise is noticed.</summary>
public sealed class DirectoryPartTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 30)]
    public void A_silo_has_the_part_that_the_directory_gives_it(int silos, int boundariesEach)
    {
        var members = new Members([.. Enumerable.Range(1, silos).Select(number => ($"n{number}", SiloStatus.Active)), ("gone", SiloStatus.Dead)]).CurrentSnapshot;
        var ownerOf = OrleansOwners(members, boundariesEach);
        var parts = Enumerable.Range(0, silos).ToDictionary(Members.AddressOf, index => new DirectoryPart(members, Members.AddressOf(index), boundariesEach));
        for (var call = 0; call < 2000; call++)
        {
            var grain = GrainId.Create("call", $"acme/{call:x32}");
            Assert.Equal(ownerOf(grain), Assert.Single(parts, part => part.Value.Has(grain)).Key);
        }
    }

    [Fact]
    public void Before_the_membership_is_known_every_call_may_begin() =>
        Assert.True(new DirectoryPart(new Members().CurrentSnapshot, Members.AddressOf(0), new GrainDirectoryOptions().PartitionsPerSilo).Has(GrainId.Create("call", "acme/1")));

    private static Func<GrainId, SiloAddress> OrleansOwners(ClusterMembershipSnapshot members, int boundariesEach)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var type = typeof(GrainDirectoryOptions).Assembly.GetType("Orleans.Runtime.GrainDirectory.DirectoryMembershipSnapshot", throwOnError: true)!;
        var boundaries = type.GetField("DefaultGetRingBoundaries", Any)!.GetValue(null);
        var snapshot = type.GetConstructors(Any).Single(constructor => !constructor.IsStatic).Invoke([members, null, boundariesEach, boundaries]);
        var owner = type.GetMethods(Any).Single(method => method.Name == "TryGetOwner" && method.GetParameters()[0].ParameterType == typeof(GrainId));
        return grain =>
        {
            object?[] arguments = [grain, null, null];
            owner.Invoke(snapshot, arguments);
            return (SiloAddress)arguments[1]!;
        };
    }
}
