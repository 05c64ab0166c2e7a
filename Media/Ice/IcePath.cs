using Webphone.Media.Endpoints;

namespace Webphone.Media.Ice;

/// <summary>One way to a peer: its address, and which socket or connection of ours it is seen on.</summary>
public readonly record struct IcePath(TransportAddress Remote, long Link);
