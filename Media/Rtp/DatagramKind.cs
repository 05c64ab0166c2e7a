namespace Webphone.Media.Rtp;

/// <summary>What arrived on a media port, told by its first bytes (RFC 7983, RFC 5761).</summary>
public enum DatagramKind : byte
{
    Junk,
    Rtp,
    Rtcp,
    Stun,
    Dtls,
}

public static class DatagramKinds
{
    public static DatagramKind Classify(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 8)
            return DatagramKind.Junk;
        return datagram[0] switch
        {
            <= 3 => DatagramKind.Stun,
            >= 20 and <= 63 => DatagramKind.Dtls,
            >= 128 and <= 191 => datagram[1] is >= 192 and <= 223 ? DatagramKind.Rtcp : datagram.Length >= RtpHeader.FixedSize ? DatagramKind.Rtp : DatagramKind.Junk,
            _ => DatagramKind.Junk,
        };
    }
}
