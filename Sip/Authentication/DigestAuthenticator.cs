using System.Security.Cryptography;
using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Uris;

namespace Webphone.Sip.Authentication;

/// <summary>
/// The server's side of digest authentication (RFC 7616, RFC 8760): writes challenges and checks credentials. It knows no user: the caller looks up HA1 for the
/// user and algorithm that the credentials name. Time and random bytes are arguments. Thread-safe.
/// </summary>
public sealed class DigestAuthenticator
{
    /// <summary>Nonces whose counts are remembered; the oldest is forgotten safely.</summary>
    public const int DefaultWindow = 65_536;

    private static readonly byte[] Nobody = new byte[DigestAlgorithms.MaxHashBytes];

    private readonly NonceMint _mint;
    private readonly NonceWindow _window;
    private readonly TimeSpan _nonceLifetime;

    /// <param name="key">At least <see cref="NonceMint.KeyBytes"/> secret bytes; the same in all servers of a cluster.</param>
    /// <param name="nonceLifetime">After it a nonce is stale. Phones then answer a new challenge without asking their user.</param>
    public DigestAuthenticator(ReadOnlySpan<byte> key, TimeSpan nonceLifetime, int window = DefaultWindow)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window);
        _mint = new NonceMint(key);
        _window = new NonceWindow(window);
        _nonceLifetime = nonceLifetime;
    }

    /// <summary>Nonces in the replay window now.</summary>
    public int RememberedNonces => _window.Count;

    /// <summary>Writes one challenge for each algorithm, in the order given: the client takes the first that it knows (RFC 8760 §2.4).</summary>
    /// <param name="header">WWW-Authenticate with 401, Proxy-Authenticate with 407.</param>
    /// <param name="random"><see cref="NonceMint.RandomBytes"/> fresh random bytes.</param>
    public void WriteChallenges(
        ref SipWriter writer, HeaderName header, string realm, IReadOnlyList<DigestAlgorithm> algorithms, DateTimeOffset now, ReadOnlySpan<byte> random, bool stale)
    {
        Span<byte> nonce = stackalloc byte[NonceMint.TextLength];
        _mint.Write(now, random, nonce);
        foreach (var algorithm in algorithms)
        {
            writer.BeginHeader(header);
            writer.Raw("Digest realm="u8);
            writer.Quoted(realm);
            writer.Raw(", nonce=\""u8);
            writer.Raw(nonce);
            writer.Raw("\", algorithm="u8);
            writer.Raw(algorithm.Token());
            writer.Raw(stale ? ", qop=\"auth\", stale=true"u8 : ", qop=\"auth\""u8);
            writer.EndLine();
        }
    }

    /// <summary>
    /// Checks credentials for a request. An unknown user costs the same work and gets the same answer as a wrong password.
    /// </summary>
    /// <param name="ha1">HA1 of the credentials' user and algorithm; empty if there is no such user.</param>
    public DigestOutcome Verify(
        DigestCredentials credentials, ReadOnlySpan<byte> ha1, string realm, IReadOnlyList<DigestAlgorithm> algorithms,
        ReadOnlySpan<byte> method, ReadOnlySpan<byte> requestUri, DateTimeOffset now)
    {
        var algorithm = credentials.Algorithm;
        if (!Contains(algorithms, algorithm) || credentials.Realm != realm)
            return DigestOutcome.Refused;
        var counted = !credentials.Qop.IsEmpty;
        var count = credentials.NonceCount;
        if (counted && (!Ascii.EqualsIgnoreCase(credentials.Qop, "auth"u8) || count == 0 || credentials.ClientNonce.IsEmpty))
            return DigestOutcome.Refused;

        var genuine = _mint.TryRead(credentials.Nonce, out var nonce, out var issuedMs);
        var known = ha1.Length == algorithm.HashBytes();
        Span<byte> expected = stackalloc byte[DigestAlgorithms.MaxHashBytes * 2];
        var length = DigestResponse.Compute(
            algorithm, known ? ha1 : Nobody.AsSpan(0, algorithm.HashBytes()), method, credentials.Uri, credentials.Nonce, credentials.NonceCountText,
            credentials.ClientNonce, credentials.Qop, expected);
        if (!(SameResponse(expected[..length], credentials.Response) & known & genuine))
            return DigestOutcome.Refused;
        if (!SipUriComparer.Same(credentials.Uri, requestUri))
            return DigestOutcome.OtherUri;
        var oldestMs = (now - _nonceLifetime).ToUnixTimeMilliseconds();
        _window.Expire(oldestMs);
        return issuedMs >= oldestMs && _window.TryUse(nonce, issuedMs, count, counted) ? DigestOutcome.Accepted : DigestOutcome.Stale;
    }

    private static bool Contains(IReadOnlyList<DigestAlgorithm> algorithms, DigestAlgorithm algorithm)
    {
        for (var i = 0; i < algorithms.Count; i++)
        {
            if (algorithms[i] == algorithm)
                return true;
        }

        return false;
    }

    /// <summary>In constant time; hex in any case.</summary>
    private static bool SameResponse(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> given)
    {
        Span<byte> lower = stackalloc byte[DigestAlgorithms.MaxHashBytes * 2];
        if (given.Length != expected.Length)
            return false;
        for (var i = 0; i < given.Length; i++)
            lower[i] = UriEscaping.ToLower(given[i]);
        return CryptographicOperations.FixedTimeEquals(expected, lower[..given.Length]);
    }
}
