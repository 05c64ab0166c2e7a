using System.Collections.Immutable;
using System.Net;

namespace Webphone.Grains.Media;

/// <summary>One node's end of an RTP link to another node: where the other end sends to, and what this end protects its packets with.</summary>
/// <param name="Address">Where it listens, for RTP and RTCP both (RFC 5761).</param>
/// <param name="Key">Master key and salt of AEAD_AES_128_GCM (RFC 7714). Secret: never log it.</param>
[GenerateSerializer, Immutable]
public sealed record LinkEnd(IPEndPoint Address, ImmutableArray<byte> Key)
{
    public override string ToString() => Address.ToString();
}

/// <summary>What a node says when it is asked for an end of a link.</summary>
/// <param name="End">The end; null unless it is open.</param>
[GenerateSerializer, Immutable]
public sealed record LinkAnswer(LinkOutcome Outcome, LinkEnd? End)
{
    public static readonly LinkAnswer Gone = new(LinkOutcome.EndpointGone, null);
    public static readonly LinkAnswer Refused = new(LinkOutcome.Refused, null);

    public static LinkAnswer Opened(LinkEnd end) => new(LinkOutcome.Open, end);
}

/// <summary>What became of an end of a link.</summary>
public enum LinkOutcome
{
    Open,

    /// <summary>The leg is over: the news is on its way to its owner.</summary>
    EndpointGone,

    /// <summary>The node has no port left, or cannot send to the other end's kind of address.</summary>
    Refused,
}
