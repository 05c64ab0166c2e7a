using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Webphone.Grains.Media;
using Webphone.Net.Media.WebRtc;
using Webphone.Sip.Sdp;

namespace Webphone.Silo.Edges;

/// <summary>The media engine as an edge needs it: an endpoint for each leg. Safe from any thread.</summary>
internal interface ILegEndpoints
{
    /// <summary>What legs may speak, the preferred first.</summary>
    IReadOnlyList<LegCodec> Codecs { get; }

    /// <summary>Makes an endpoint with ports of its own; null when there are none left.</summary>
    /// <param name="tenant">Whose sounds it may be played.</param>
    /// <param name="family">The addresses that the phone speaks.</param>
    /// <param name="listener">Hears of what happens in its media, on any thread.</param>
    ILegEndpoint? Create(string tenant, AddressFamily family, ILegMediaListener listener);

    /// <summary>Makes an endpoint for a peer that speaks WebRTC; null when there is no port for such or no room for more. It takes media once an offer was answered.</summary>
    /// <param name="tenant">Whose sounds it may be played.</param>
    /// <param name="listener">Hears of what happens in its media, on any thread.</param>
    IWebRtcEndpoint? CreateWebRtc(string tenant, ILegMediaListener listener);
}

/// <summary>A codec of the engine.</summary>
/// <param name="CanTranscode">Whether it can be turned into others; else it only passes between two legs that both speak it.</param>
internal sealed record LegCodec(SdpCodec Codec, bool CanTranscode);

/// <summary>One leg's media endpoint. Safe from any thread.</summary>
internal interface ILegEndpoint
{
    EndpointId Id { get; }

    /// <summary>Where the other side is told to send RTP; RTCP goes one port above.</summary>
    IPEndPoint Local { get; }

    /// <summary>Takes what was negotiated, the first time or anew.</summary>
    /// <param name="agreement">What both sides settled.</param>
    /// <param name="signalling">The address that the phone's signalling comes from: media behind a NAT comes from there too.</param>
    void Apply(SdpAgreement agreement, IPAddress signalling);

    /// <summary>Connects the endpoint by a link with an end that waits on another node, and gives its own; null when that cannot be, and it is connected with nothing then.</summary>
    LinkEnd? Link(LinkEnd waiting);

    /// <summary>Sends a key as RFC 4733 events to whoever hears this endpoint.</summary>
    void PassDigit(char digit);

    /// <summary>The leg is over: nothing is sent or received any more.</summary>
    void Release();
}

/// <summary>
/// An endpoint whose media is protected by DTLS and finds its way by ICE. Its transport can be replaced any number of times (a page that reloads, another
/// network): the endpoint, its name and what it is connected to stay. Safe from any thread.
/// </summary>
internal interface IWebRtcEndpoint : ILegEndpoint
{
    /// <summary>
    /// The transport that our description is to name: the latest one, where there is one and the peer's credentials are those that it has (or it has none of a
    /// peer, in an offer of ours), else a new one. Null when the endpoint was released.
    /// </summary>
    LocalTransport? Transport(RemoteTransport? peer);

    /// <summary>Descriptions are settled: the peer's transport is this.</summary>
    void Start(RemoteTransport peer);

    /// <summary>
    /// Answers an offer, the first time or again. An offer with the ICE credentials that are in force changes codec and direction only; one with others gets a
    /// new transport, and the old one goes when the new one is up. Nothing has changed when it cannot be answered.
    /// </summary>
    /// <param name="offerSdp">The peer's complete offer; its candidates are not needed.</param>
    /// <param name="preferred">Taken where the peer offers it; else its best that can be transcoded.</param>
    /// <param name="answerSdp">Complete, with our candidates; empty when refused.</param>
    /// <param name="codec">What the answer settles on.</param>
    /// <param name="offered">Those of the offer that the engine knows, in its order.</param>
    /// <param name="error">Why it was refused, for a log; empty otherwise.</param>
    bool TryAnswer(string offerSdp, MediaCodec? preferred, out string answerSdp, out MediaCodec codec, out ImmutableArray<MediaCodec> offered, out string error);
}

/// <summary>What a leg hears from its endpoint.</summary>
internal interface ILegMediaListener
{
    /// <summary>A key was pressed (RFC 4733); it has gone on to the other side.</summary>
    void OnDigit(char digit);

    /// <summary>A sound that ends has ended.</summary>
    void OnPlaybackFinished();

    /// <summary>Nothing came for too long, or a WebRTC peer has not consented for 30 s to what we send (RFC 7675).</summary>
    void OnMediaTimeout();

    /// <summary>A WebRTC peer has fallen silent: its checks of the path, or what it should be sending, stopped coming, or it closed its transport. Long before any time-out.</summary>
    void OnMediaLost()
    {
    }

    /// <summary>It is heard again, over the transport that fell silent or over one that replaced it.</summary>
    void OnMediaBack()
    {
    }
}
