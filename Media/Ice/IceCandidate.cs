using System.Globalization;
using System.Net;

namespace Webphone.Media.Ice;

/// <summary>A host candidate of ours for component 1, which is the only one since RTCP shares it (RFC 8839 section 5.1, RFC 6544 for TCP).</summary>
/// <param name="Address">What peers are told.</param>
/// <param name="Port">UDP port, or the TCP port that we accept on.</param>
/// <param name="IsTcp">Passive TCP, framed as RFC 4571 says.</param>
/// <param name="Rank">Which of our addresses it is, the first preferred.</param>
public sealed record IceCandidate(IPAddress Address, int Port, bool IsTcp, int Rank)
{
    private const uint HostPreference = 126;
    private const uint HighestLocal = 65535;

    // RFC 6544 section 4.2: TCP ranks below UDP; the direction preference of passive is 4 of 7.
    private const uint TcpHostPreference = 90;
    private const uint PassiveLocal = 4u << 13;

    /// <summary>RFC 8445 section 5.1.2.1.</summary>
    public uint Priority => IsTcp
        ? (TcpHostPreference << 24) | ((PassiveLocal + 8191 - (uint)Rank) << 8) | 255
        : (HostPreference << 24) | ((HighestLocal - (uint)Rank) << 8) | 255;

    /// <summary>The value of a=candidate.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Rank * 2 + (IsTcp ? 2 : 1)} 1 {(IsTcp ? "tcp" : "udp")} {Priority} {Address} {Port} typ host{(IsTcp ? " tcptype passive" : "")}");
}
