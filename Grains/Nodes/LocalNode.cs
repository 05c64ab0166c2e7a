namespace Webphone.Grains.Nodes;

/// <summary>The node that this process is, for what is to be near the grain that asks for it.</summary>
public sealed record LocalNode(string Name);
