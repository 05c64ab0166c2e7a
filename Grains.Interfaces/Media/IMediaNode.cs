using System.Collections.Immutable;

namespace Webphone.Grains.Media;

/// <summary>
/// The media engine of one silo, as grains see it: they connect, hold and play; RTP itself never passes through a grain.
/// Endpoints are made and released by the edge that holds the leg. Every operation is idempotent; one that names an endpoint
/// that is gone does nothing, because the end of its leg is already on its way to the owner.
/// </summary>
public interface IMediaNode : IGrainObserver
{
    /// <summary>Bridges two endpoints of this node, each hears the other. Replaces whatever either was connected to, and stops what they were played.</summary>
    Task Connect(EndpointId first, EndpointId second);

    /// <summary>
    /// Opens this node's end of an RTP link to another node and connects the endpoint, which is here, with it. Who connects two endpoints
    /// of different nodes asks the one node without <paramref name="other"/>, gives its end to the other node, and that one's end back to the
    /// first by <see cref="CompleteLink"/>. Each such round makes a new link; the end is closed when the endpoint is told anything else, or released.
    /// </summary>
    /// <param name="endpoint">The endpoint of this node.</param>
    /// <param name="other">The other node's end, where it is known; the link can be used at once then.</param>
    Task<LinkAnswer> OpenLink(EndpointId endpoint, LinkEnd? other);

    /// <summary>Tells this node's end of a link where the other is. Does nothing when the endpoint was connected otherwise since.</summary>
    Task CompleteLink(EndpointId endpoint, LinkEnd own, LinkEnd other);

    /// <summary>
    /// Opens this node's end of a link ahead of the connection, for an endpoint that is here: it waits, and what the endpoint hears does not change. Asked again it is the same end,
    /// until the endpoint is released, or connected by this end or otherwise. Null when the endpoint is gone or no port is free.
    /// </summary>
    Task<LinkEnd?> PrepareLink(EndpointId endpoint);

    /// <summary>
    /// Connects the endpoint by the end that waits for it, to one that is open already. False when it waits no more, or cannot reach the other: nothing has changed then, and
    /// <see cref="OpenLink"/> connects the endpoint.
    /// </summary>
    Task<bool> JoinPrepared(EndpointId endpoint, LinkEnd own, LinkEnd other);

    /// <summary>The endpoint hears nothing and is heard by no one until it is connected again.</summary>
    Task Disconnect(EndpointId endpoint);

    /// <summary>Plays to the endpoint instead of what it was hearing; what it says still reaches nobody. Sources that end report <c>PlaybackFinished</c> through the leg's edge.</summary>
    Task Play(EndpointId endpoint, MediaSource source);

    /// <summary>The endpoint hears itself.</summary>
    Task Echo(EndpointId endpoint);

    /// <summary>
    /// The endpoint, which is here, hears all others of the mix and is heard by them, instead of whatever it was connected to. A mix is made by its first
    /// member and goes with its last.
    /// </summary>
    Task JoinMix(string mix, EndpointId endpoint);

    /// <summary>
    /// Opens this node's end of an RTP link in the mix, for an endpoint of another node: what comes from there is in the mix. The other node opens its own
    /// end by <see cref="OpenLink"/>, given this one. An earlier link of the same endpoint is closed.
    /// </summary>
    Task<LinkAnswer> OpenMixLink(string mix, EndpointId endpoint);

    /// <summary>Tells this node's end of a link in the mix where the other is. Does nothing when it is not the endpoint's link any more.</summary>
    Task CompleteMixLink(string mix, EndpointId endpoint, LinkEnd own, LinkEnd other);

    /// <summary>The endpoint, of this node or another, is not in the mix any more.</summary>
    Task LeaveMix(string mix, EndpointId endpoint);

    /// <summary>What these say does not enter the mix; what all others say does.</summary>
    Task MuteInMix(string mix, ImmutableArray<EndpointId> muted);

    /// <summary>All but these leave the mix; with none of them left it goes. The mix's owner says that again within <see cref="MixLease.Duration"/>: without, it goes too.</summary>
    Task KeepInMix(string mix, ImmutableArray<EndpointId> members);

    /// <summary>Plays to everybody in the mix, over what they say.</summary>
    Task PlayToMix(string mix, MediaSource source);
}

/// <summary>How long a node keeps a mix of which it hears nothing: its owner, or what it said last, is lost.</summary>
public static class MixLease
{
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(5);
}
