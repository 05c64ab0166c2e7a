using System.Net;
using Webphone.Net.Media.WebRtc;

namespace Webphone.Net.Media;

/// <summary>The settings of a media engine.</summary>
public sealed record MediaOptions
{
    /// <summary>Where media sockets are bound. Default 127.0.0.1.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Loopback;

    /// <summary>The address that descriptions name, when it is not the bound one (NAT, containers). Default: the bound one.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    /// <summary>First port of the range; RTP takes even ports and RTCP the odd ones behind them. Default 20000.</summary>
    public int FirstPort { get; init; } = 20000;

    /// <summary>Last port of the range. Default 29999.</summary>
    public int LastPort { get; init; } = 29999;

    /// <summary>How long a released pair stays unused, so that late packets reach no other call. Default 2 s; under load the oldest goes first.</summary>
    public TimeSpan PortQuarantine { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Threads that move packets. Default one for every two processors.</summary>
    public int Loops { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How long a leg may say nothing before <see cref="IMediaObserver.OnSilent"/>. Default 60 s; zero for never.</summary>
    public TimeSpan RtpTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Accept RTP from addresses that neither the description nor the signalling named. Default no.</summary>
    public bool AcceptAnySource { get; init; }

    /// <summary>Use the portable sockets even where epoll is available. Default no.</summary>
    public bool PortableSockets { get; init; }

    /// <summary>Where browsers' media comes in; null for an engine without WebRTC, as it also is where the system has no OpenSSL 3. Default null.</summary>
    public WebRtcSettings? WebRtc { get; init; }

    /// <summary>Throws with the setting's name and what it should be.</summary>
    public void Validate()
    {
        if (FirstPort is < 1024 or > 65534)
            throw new ArgumentException($"{nameof(FirstPort)} is {FirstPort}; it must be from 1024 to 65534.");
        if (LastPort > 65535 || LastPort < FirstPort + 1 + (FirstPort & 1))
            throw new ArgumentException($"{nameof(LastPort)} is {LastPort}; it must leave room for at least one pair behind {FirstPort} and be at most 65535.");
        if (Loops is < 1 or > 64)
            throw new ArgumentException($"{nameof(Loops)} is {Loops}; it must be from 1 to 64.");
        if (PortQuarantine < TimeSpan.Zero)
            throw new ArgumentException($"{nameof(PortQuarantine)} is {PortQuarantine}; it must not be negative.");
        if (WebRtc is { } webRtc && (webRtc.Port is < 1 or > 65535 || webRtc.Places.Count == 0))
            throw new ArgumentException($"{nameof(WebRtc)} is port {webRtc.Port} at {webRtc.Places.Count} addresses; it must be a port from 1 to 65535 and at least one address.");
        if (RtpTimeout < TimeSpan.Zero)
            throw new ArgumentException($"{nameof(RtpTimeout)} is {RtpTimeout}; it must not be negative.");
    }
}
