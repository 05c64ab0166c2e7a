using Webphone.Media.Dtls;
using Webphone.Media.Ice;

namespace Webphone.Net.Media.WebRtc;

/// <summary>What our description says of a transport.</summary>
/// <param name="Credentials">Of this transport alone.</param>
/// <param name="Candidates">All there are.</param>
/// <param name="Fingerprint">Of our certificate.</param>
public sealed record LocalTransport(IceCredentials Credentials, IReadOnlyList<IceCandidate> Candidates, DtlsFingerprint Fingerprint);

/// <summary>What the peer's description says of a transport.</summary>
/// <param name="Credentials">The peer's.</param>
/// <param name="Fingerprints">Of its certificate, any of which may hold.</param>
/// <param name="Role">What we are in the handshake.</param>
public sealed record RemoteTransport(IceCredentials Credentials, IReadOnlyList<DtlsFingerprint> Fingerprints, DtlsRole Role)
{
    /// <summary>Whether the peer is who it was and a DTLS association of before may go on.</summary>
    internal bool IsSamePeer(RemoteTransport other) => Role == other.Role && Fingerprints.SequenceEqual(other.Fingerprints);
}
