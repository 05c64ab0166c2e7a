using System.Net;
using System.Net.Sockets;
using Webphone.Grains.Media;
using Webphone.Sip.Sdp;

namespace Webphone.Silo.SipEdge.Media;

/// <summary>The media engine as the SIP edge needs it: an endpoint for each leg. Safe from any thread.</summary>
internal interface ILegEndpoints
{
    /// <summary>What legs may speak, the preferred first.</summary>
    IReadOnlyList<LegCodec> Codecs { get; }

    /// <summary>Makes an endpoint with ports of its own; null when there are none left.</summary>
    /// <param name="tenant">Whose sounds it may be played.</param>
    /// <param name="family">The addresses that the phone speaks.</param>
    /// <param name="listener">Hears of what happens in its media, on any thread.</param>
    ILegEndpoint? Create(string tenant, AddressFamily family, ILegMediaListener listener);
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

    /// <summary>Sends a key as RFC 4733 events to whoever hears this endpoint.</summary>
    void PassDigit(char digit);

    /// <summary>The leg is over: nothing is sent or received any more.</summary>
    void Release();
}

/// <summary>What a leg hears from its endpoint.</summary>
internal interface ILegMediaListener
{
    /// <summary>A key was pressed (RFC 4733); it has gone on to the other side.</summary>
    void OnDigit(char digit);

    /// <summary>A sound that ends has ended.</summary>
    void OnPlaybackFinished();

    /// <summary>Nothing came for too long.</summary>
    void OnMediaTimeout();
}
