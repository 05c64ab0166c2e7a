using Orleans.Hosting;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests;

/// <summary>A cluster copies messages and the in-process engine does not, so what a cluster would lose, or two sides could change, no other test here sees. Compiled when Engine is InProcess.</summary>
public sealed class ContractTests
{
    [Fact]
    public void Messages_cannot_be_changed_and_travel_whole_between_silos() => Assert.Empty(GrainContracts.Violations(typeof(ICallGrain).Assembly));
}
