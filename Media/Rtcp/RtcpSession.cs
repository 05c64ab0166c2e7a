using Webphone.Media.Rtp;

namespace Webphone.Media.Rtcp;

/// <summary>
/// The reports of one leg: says when the next is due, writes it, and reads the peer's for round-trip time and its view of our
/// loss. RFC 3550 section 6.
/// </summary>
public sealed class RtcpSession(uint ssrc, byte[] canonicalName)
{
    /// <summary>Mean interval; each is scaled by 0.5 to 1.5 so that endpoints do not report in step.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private uint _lastSenderReport;
    private TimeSpan _lastSenderReportAt;
    private uint _packetsReported;

    /// <summary>Round-trip time from the peer's last report on us, when there was one.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>Packets of ours that the peer says it lost.</summary>
    public int RemoteLost { get; private set; }

    /// <summary>The peer's jitter of our stream, in ticks of our clock.</summary>
    public uint RemoteJitterTicks { get; private set; }

    /// <summary>The peer said that it left.</summary>
    public bool PeerLeft { get; private set; }

    /// <summary>When to report next: half an interval to one and a half from now, by a value in 0..255 that the caller varies.</summary>
    public static TimeSpan NextInterval(byte variation) => Interval * (0.5 + variation / 255.0);

    /// <summary>Takes a compound; false when it is malformed or does not begin with a report.</summary>
    public bool TryReceive(ReadOnlySpan<byte> compound, NtpTime wallClock, TimeSpan now)
    {
        var reader = new RtcpReader(compound);
        var first = true;
        while (reader.TryReadNext(out var packet))
        {
            if (first && packet.Type is not (RtcpType.SenderReport or RtcpType.ReceiverReport))
                return false;
            first = false;
            Take(packet, wallClock, now);
        }
        return !first && !reader.Malformed;
    }

    /// <summary>Writes the next compound and gives its length.</summary>
    public int Write(Span<byte> destination, in SenderInfo sent, RtpReceiveStatistics received, TimeSpan now, bool leaving)
    {
        ReportBlock? block = received.Received == 0 ? null : new ReportBlock(
            received.Ssrc, received.TakeFractionLost(), (int)Math.Min(0x7FFFFF, received.Lost), received.ExtendedHighest,
            received.JitterTicks, _lastSenderReport, _lastSenderReport == 0 ? 0 : NtpTime.ToShort(now - _lastSenderReportAt));
        var writer = new RtcpWriter(destination);
        if (sent.PacketCount != _packetsReported)
            writer.WriteSenderReport(ssrc, sent, block);
        else
            writer.WriteReceiverReport(ssrc, block);
        _packetsReported = sent.PacketCount;
        writer.WriteCanonicalName(ssrc, canonicalName);
        if (leaving)
            writer.WriteBye(ssrc);
        return writer.Length;
    }

    private void Take(in RtcpPacket packet, NtpTime wallClock, TimeSpan now)
    {
        if (packet.TryReadSenderInfo(out var info))
        {
            _lastSenderReport = info.Ntp.Middle;
            _lastSenderReportAt = now;
        }
        else if (packet.Type == RtcpType.Bye)
        {
            PeerLeft = true;
        }
        for (var i = 0; packet.TryReadBlock(i, out var block); i++)
        {
            if (block.Ssrc != ssrc)
                continue;
            RemoteLost = block.CumulativeLost;
            RemoteJitterTicks = block.JitterTicks;
            if (block.LastSenderReport != 0)
                MeasureRoundTrip(wallClock.Middle - block.LastSenderReport - block.DelaySinceLast);
        }
    }

    private void MeasureRoundTrip(uint units)
    {
        // A peer whose clock makes the difference negative, or over a minute, said nothing of use.
        if (units < 60 * 65536)
            RoundTrip = NtpTime.FromShort(units);
    }
}
