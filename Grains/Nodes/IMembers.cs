namespace Webphone.Grains.Nodes;

/// <summary>Which nodes belong to the cluster now, as far as this one has heard.</summary>
public interface IMembers
{
    bool Has(string node);
}

/// <summary>Where there is no cluster: whoever is asked about counts as there.</summary>
public sealed class EveryNode : IMembers
{
    public bool Has(string node) => true;
}
