using Webphone.Media.Endpoints;

namespace Webphone.Net.Media;

/// <summary>Takes what arrives on a pair of sockets. Called with <see cref="MediaPort.Gate"/> held.</summary>
internal interface IDatagramSink
{
    /// <param name="buffer">The datagram and the room behind it, to change at will.</param>
    /// <param name="length">The datagram's bytes.</param>
    /// <param name="from">Its source.</param>
    /// <param name="isRtcp">It came on the RTCP port.</param>
    void OnDatagram(Span<byte> buffer, int length, TransportAddress from, bool isRtcp);
}

/// <summary>A bound pair of sockets for RTP and RTCP.</summary>
internal abstract class MediaPort(ushort rtpPort) : IDisposable
{
    public ushort RtpPort => rtpPort;

    /// <summary>Held while datagrams are read and judged, and while the pair is closed.</summary>
    public Lock Gate { get; } = new();

    public bool IsClosed { get; protected set; }

    public IDatagramSink Sink { get; set; } = null!;

    /// <summary>Sends without waiting; false when the system did not take it.</summary>
    public abstract bool Send(ReadOnlySpan<byte> datagram, TransportAddress to, bool rtcp);

    /// <summary>Closes both sockets; the caller holds the gate and lets nobody send.</summary>
    public abstract void Dispose();
}
