namespace Webphone.Grains.Nodes;

/// <summary>The node that this process is, for what is to be near the grain that asks for it.</summary>
/// <param name="Name">Its name in the cluster.</param>
/// <param name="HasMedia">Whether it holds legs and their media.</param>
public sealed record LocalNode(string Name, bool HasMedia = true);
