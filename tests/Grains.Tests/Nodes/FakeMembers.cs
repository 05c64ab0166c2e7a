using Webphone.Grains.Nodes;

namespace Webphone.Grains.Tests.Nodes;

/// <summary>A cluster that holds every node for a member but those that a test takes out.</summary>
internal sealed class FakeMembers : IMembers
{
    public HashSet<string> Gone { get; } = [];

    public bool Has(string node) => !Gone.Contains(node);
}
