using Webphone.Sip.Authentication;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using static Webphone.Sip.Tests.TestMessages;

namespace Webphone.Sip.Tests.Authentication;

public class DigestTests
{
    private const string Realm = "demo.example";
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DigestAlgorithm[] Both = [DigestAlgorithm.Sha256, DigestAlgorithm.Md5];

    private readonly DigestAuthenticator _server = new(new byte[32], TimeSpan.FromMinutes(5), window: 4);
    private byte _random;

    [Theory]
    [InlineData(DigestAlgorithm.Md5, "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData(DigestAlgorithm.Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void Responds_as_rfc_7616_section_3_9_1(DigestAlgorithm algorithm, string expected) => Assert.Equal(expected, Respond(
        algorithm, algorithm.Ha1("Mufasa", "http-auth@example.org", "Circle of Life"),
        "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"));

    [Fact]
    public void Responds_as_rfc_2617_section_3_5() => Assert.Equal("6629fae49393a05397450978507c4ef1", Respond(
        DigestAlgorithm.Md5, DigestAlgorithm.Md5.Ha1("Mufasa", "testrealm@host.com", "Circle Of Life"), "dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b"));

    [Theory]
    [InlineData("", "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a")]
    [InlineData("abc", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23")]
    public void Sha_512_256_hashes_as_fips_180_4(string text, string expected)
    {
        var hash = new byte[32];
        Sha512Half.Hash(Bytes(text), hash);
        Assert.Equal(expected, Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void Client_takes_the_strongest_challenge_and_the_server_accepts_it_once()
    {
        var request = Login(Challenge(Both), "secret");
        Assert.Equal(DigestAlgorithm.Sha256, Credentials(request).Algorithm);
        Assert.Equal(DigestOutcome.Accepted, Verify(request, "secret"));
        Assert.Equal(DigestOutcome.Stale, Verify(request, "secret"));
    }

    [Theory]
    [InlineData(DigestAlgorithm.Md5)]
    [InlineData(DigestAlgorithm.Sha256)]
    [InlineData(DigestAlgorithm.Sha512Half)]
    public void Counts_may_overtake_each_other_but_never_repeat(DigestAlgorithm algorithm)
    {
        var challenge = Challenge([algorithm]);
        foreach (var (count, outcome) in new[] { (1u, 1), (3u, 1), (2u, 1), (2u, 0), (3u, 0), (100u, 1), (36u, 1), (35u, 0), (99u, 1), (99u, 0) })
            Assert.Equal(outcome == 1 ? DigestOutcome.Accepted : DigestOutcome.Stale, Verify(Login(challenge, "secret", count), "secret", algorithms: [algorithm]));
    }

    [Fact]
    public void Wrong_password_unknown_user_foreign_realm_and_forged_nonce_are_one_answer()
    {
        var challenge = Challenge(Both);
        Assert.Equal(DigestOutcome.Refused, Verify(Login(challenge, "wrong"), "secret"));
        Assert.Equal(DigestOutcome.Refused, _server.Verify(Credentials(Login(challenge, "")), default, Realm, Both, "REGISTER"u8, "sip:demo.example"u8, Start));
        Assert.Equal(DigestOutcome.Refused, Verify(Login(challenge, "secret"), "secret", realm: "other.example"));
        Assert.Equal(DigestOutcome.Refused, Verify(Login(challenge, "secret"), "secret", algorithms: [DigestAlgorithm.Md5]));
        var forger = new DigestAuthenticator(Enumerable.Repeat((byte)9, 32).ToArray(), TimeSpan.FromMinutes(5));
        Assert.Equal(DigestOutcome.Refused, Verify(Login(Challenge(Both, forger), "secret"), "secret"));
        Assert.Equal(0, _server.RememberedNonces);
    }

    [Theory]
    [InlineData('%')]
    [InlineData('=')]
    [InlineData(' ')]
    [InlineData('\u00e9')]
    public void A_nonce_with_a_character_that_none_of_ours_has_is_refused(char foreign)
    {
        var request = Login(Challenge(Both), "secret");
        var nonce = Text(Credentials(request).Nonce);
        foreach (var at in new[] { 0, nonce.Length / 2, nonce.Length - 1 })
        {
            // One byte for one byte: the length stays right.
            var spoilt = global::System.Text.Encoding.Latin1.GetBytes(request.ToString().Replace(nonce, nonce[..at] + foreign + nonce[(at + 1)..], StringComparison.Ordinal));
            Assert.Equal(DigestOutcome.Refused, Verify(Take(spoilt), "secret"));
        }
    }

    /// <summary>The best of many batches, taken by turns, so that the machine's noise stays out.</summary>
    [Fact]
    public void An_unknown_user_takes_as_long_as_a_wrong_password()
    {
        var credentials = Credentials(Login(Challenge(Both), "wrong"));
        var known = DigestAlgorithm.Sha256.Ha1("101", Realm, "secret");
        var (ofUnknown, ofKnown) = (long.MaxValue, long.MaxValue);
        for (var i = 0; i < 200; i++)
        {
            ofUnknown = Math.Min(ofUnknown, Time(credentials, []));
            ofKnown = Math.Min(ofKnown, Time(credentials, known));
        }
        Assert.InRange((double)ofUnknown / ofKnown, 0.6, 1.6);
    }

    [Fact]
    public void All_zero_hash_of_nobody_opens_nothing()
    {
        Span<byte> hex = stackalloc byte[64];
        var request = Login(Challenge(Both), "x");
        var given = Credentials(request);
        var length = DigestResponse.Compute(DigestAlgorithm.Sha256, new byte[32], "REGISTER"u8, given.Uri, given.Nonce, given.NonceCountText, given.ClientNonce, given.Qop, hex);
        var forged = Take(Bytes(request.ToString().Replace(Text(given.Response), Text(hex[..length]), StringComparison.Ordinal)));
        Assert.Equal(DigestOutcome.Refused, _server.Verify(Credentials(forged), default, Realm, Both, "REGISTER"u8, "sip:demo.example"u8, Start));
    }

    [Fact]
    public void Old_nonces_are_stale_for_the_right_password_only()
    {
        var challenge = Challenge(Both);
        var late = Start + TimeSpan.FromMinutes(6);
        Assert.Equal(DigestOutcome.Stale, Verify(Login(challenge, "secret"), "secret", now: late));
        Assert.Equal(DigestOutcome.Refused, Verify(Login(challenge, "wrong"), "secret", now: late));
        Assert.True(DigestChallenge.TryParse(Challenge(Both, stale: true).Headers(HeaderName.WwwAuthenticate).First, out var again, out _) && again.IsStale);
    }

    [Fact]
    public void Credentials_for_another_uri_are_not_for_this_request() => Assert.Equal(
        DigestOutcome.OtherUri,
        _server.Verify(Credentials(Login(Challenge(Both), "secret")), DigestAlgorithm.Sha256.Ha1("101", Realm, "secret"), Realm, Both, "REGISTER"u8, "sip:else.example"u8, Start));

    [Fact]
    public void A_full_window_forgets_the_oldest_nonce_and_still_refuses_its_replay()
    {
        var first = Login(Challenge(Both), "secret");
        Assert.Equal(DigestOutcome.Accepted, Verify(first, "secret"));
        for (var i = 1; i <= 4; i++)
            Assert.Equal(DigestOutcome.Accepted, Verify(Login(Challenge(Both, now: Start.AddSeconds(i)), "secret"), "secret"));
        Assert.Equal(4, _server.RememberedNonces);
        Assert.Equal(DigestOutcome.Stale, Verify(first, "secret"));
    }

    [Fact]
    public void Phones_without_qop_use_a_nonce_once()
    {
        var challenge = Take(Bytes(Challenge(Both).ToString().Replace(", qop=\"auth\"", "", StringComparison.Ordinal)));
        var request = Login(challenge, "secret");
        Assert.True(Credentials(request).Qop.IsEmpty);
        Assert.Equal(DigestOutcome.Accepted, Verify(request, "secret"));
        Assert.Equal(DigestOutcome.Stale, Verify(request, "secret"));
    }

    [Theory]
    [InlineData("Digest")]
    [InlineData("Digest ")]
    [InlineData("Digest username=\"a")]
    [InlineData("Digest username=\"a\" realm=\"b\"")]
    [InlineData("Digest username=\"a\", nonce=\"b\",")]
    [InlineData("Basic YTpi")]
    public void Malformed_or_other_credentials_are_none(string value) => Assert.False(DigestCredentials.TryParse(Bytes(value), out _, out _));

    private static string Respond(DigestAlgorithm algorithm, byte[] ha1, string nonce, string clientNonce)
    {
        Span<byte> hex = stackalloc byte[64];
        var length = DigestResponse.Compute(algorithm, ha1, "GET"u8, "/dir/index.html"u8, Bytes(nonce), "00000001"u8, Bytes(clientNonce), "auth"u8, hex);
        return Text(hex[..length]);
    }

    private static DigestCredentials Credentials(SipMessage request) =>
        DigestCredentials.TryParse(request.Headers(HeaderName.Authorization).First, out var credentials, out var error) ? credentials : throw new InvalidOperationException(error.ToString());

    private SipMessage Challenge(DigestAlgorithm[] algorithms, DigestAuthenticator? server = null, bool stale = false, DateTimeOffset? now = null)
    {
        var writer = new SipWriter();
        SipResponse.Begin(ref writer, Take(Options()), 401);
        (server ?? _server).WriteChallenges(ref writer, HeaderName.WwwAuthenticate, Realm, algorithms, now ?? Start, new byte[] { ++_random, 0, 0, 0, 0, 0, 0, 0 }, stale);
        writer.NoBody();
        var response = Take(writer.ToArray());
        writer.Dispose();
        return response;
    }

    private static SipMessage Login(SipMessage challenge, string password, uint count = 1)
    {
        var writer = new SipWriter();
        writer.RequestLine(SipMethod.Register, "sip:demo.example"u8);
        writer.Raw(Bytes(Head));
        writer.CSeq(1, SipMethod.Register);
        Assert.True(DigestClient.TryAnswer(ref writer, challenge, "101", password, "REGISTER"u8, "sip:demo.example"u8, "cnonce"u8, count));
        writer.NoBody();
        var request = Take(writer.ToArray());
        writer.Dispose();
        return request;
    }

    private DigestOutcome Verify(SipMessage request, string password, string realm = Realm, DigestAlgorithm[]? algorithms = null, DateTimeOffset? now = null)
    {
        var credentials = Credentials(request);
        return _server.Verify(
            credentials, credentials.Algorithm.Ha1(credentials.Username, Realm, password), realm, algorithms ?? Both, "REGISTER"u8, "sip:demo.example"u8, now ?? Start);
    }

    private long Time(DigestCredentials credentials, byte[] ha1)
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 0; i < 100; i++)
            Assert.Equal(DigestOutcome.Refused, _server.Verify(credentials, ha1, Realm, Both, "REGISTER"u8, "sip:demo.example"u8, Start));
        return System.Diagnostics.Stopwatch.GetTimestamp() - since;
    }
}
