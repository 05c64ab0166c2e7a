using System.Text;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Sip.Authentication;

/// <summary>The client's side: answers the challenges of a 401 or 407, for trunks and tests.</summary>
public static class DigestClient
{
    /// <summary>
    /// Writes Authorization (after 401) or Proxy-Authorization (after 407) for the strongest challenge that can be answered. False, and nothing written, if
    /// there is none. Whoever calls must stop after a second refusal that is not stale: the password is wrong.
    /// </summary>
    /// <param name="clientNonce">Fresh random text of token characters.</param>
    /// <param name="nonceCount">1 for a new nonce, one more for each further request with it.</param>
    public static bool TryAnswer(
        ref SipWriter writer, SipMessage response, string user, string password, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri,
        ReadOnlySpan<byte> clientNonce, uint nonceCount)
    {
        var isProxy = response.StatusCode == 407;
        DigestChallenge best = default;
        var bestAlgorithm = DigestAlgorithm.Unknown;
        foreach (var value in response.Headers(isProxy ? HeaderName.ProxyAuthenticate : HeaderName.WwwAuthenticate))
        {
            if (!DigestChallenge.TryParse(value, out var challenge, out _) || challenge.Algorithm <= bestAlgorithm || !(challenge.OffersAuth || challenge.HasNoQop))
                continue;
            best = challenge;
            bestAlgorithm = challenge.Algorithm;
        }

        if (bestAlgorithm == DigestAlgorithm.Unknown)
            return false;
        Write(ref writer, isProxy ? HeaderName.ProxyAuthorization : HeaderName.Authorization, best, user, password, method, uri, clientNonce, nonceCount);
        return true;
    }

    /// <summary>Writes the answer to one challenge.</summary>
    public static void Write(
        ref SipWriter writer, HeaderName header, DigestChallenge challenge, string user, string password, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri,
        ReadOnlySpan<byte> clientNonce, uint nonceCount)
    {
        var algorithm = challenge.Algorithm;
        var qop = challenge.OffersAuth ? "auth"u8 : default;
        Span<byte> count = stackalloc byte[8];
        nonceCount.TryFormat(count, out _, "x8");
        Span<byte> response = stackalloc byte[DigestAlgorithms.MaxHashBytes * 2];
        var length = DigestResponse.Compute(
            algorithm, algorithm.Ha1(user, challenge.Realm, password), method, uri, challenge.Nonce, count, clientNonce, qop, response);

        writer.BeginHeader(header);
        writer.Raw("Digest username="u8);
        writer.Quoted(user);
        Quoted(ref writer, ", realm=\""u8, challenge.RawRealm);
        Quoted(ref writer, ", nonce=\""u8, challenge.Nonce);
        Quoted(ref writer, ", uri=\""u8, uri);
        Quoted(ref writer, ", response=\""u8, response[..length]);
        writer.Raw(", algorithm="u8);
        writer.Raw(algorithm.Token());
        if (!challenge.Opaque.IsEmpty)
            Quoted(ref writer, ", opaque=\""u8, challenge.Opaque);
        if (!qop.IsEmpty)
        {
            Quoted(ref writer, ", cnonce=\""u8, clientNonce);
            writer.Raw(", qop=auth, nc="u8);
            writer.Raw(count);
        }

        writer.EndLine();
    }

    private static void Quoted(ref SipWriter writer, scoped ReadOnlySpan<byte> before, scoped ReadOnlySpan<byte> value)
    {
        writer.Raw(before);
        writer.Text(value);
        writer.Raw((byte)'"');
    }
}
