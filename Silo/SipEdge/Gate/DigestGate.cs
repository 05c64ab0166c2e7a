using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip.Limits;
using Webphone.Sip.Authentication;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;
using Webphone.Sip.Transactions;
using Webphone.Sip.Uris;

namespace Webphone.Silo.SipEdge.Gate;

/// <summary>
/// Lets in whoever proves by digest who they are (RFC 3261 §22, RFC 8760). This server is a registrar and a user agent, no proxy, so it challenges with 401
/// and WWW-Authenticate; it also takes the proof from Proxy-Authorization, where some phones put it. A wrong password, an unknown user and a forged nonce
/// get the same answer after the same work. Safe from any thread.
/// </summary>
internal sealed partial class DigestGate
{
    private static readonly TimeSpan NonceLifetime = TimeSpan.FromMinutes(5);

    private readonly DigestAuthenticator _authenticator = new(RandomNumberGenerator.GetBytes(NonceMint.KeyBytes), NonceLifetime);
    private readonly ConcurrentDictionary<string, DigestAlgorithm[]> _algorithms = new();
    private readonly IDirectory _directory;
    private readonly ProvenOrigins _proven;
    private readonly PasswordGuesses _guesses;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public DigestGate(IDirectory directory, TrustedNetworks trusted, SipEdgeOptions options, TimeProvider time, ILogger logger)
    {
        _directory = directory;
        _time = time;
        _logger = logger;
        _proven = new ProvenOrigins(options.MaxExpires);
        _guesses = new PasswordGuesses(trusted, options, _proven);
    }

    /// <summary>The user that the request proves to be from; null when it was answered with a challenge or a refusal.</summary>
    public UserRecord? Admit(SipStack stack, ServerTransaction transaction, TenantRecord tenant)
    {
        var request = transaction.Request;
        if (!TryFind(request, tenant.Domain, out var credentials))
        {
            Challenge(stack, transaction, tenant, stale: false);
            return null;
        }
        var user = _directory.FindUser(tenant.Name, credentials.Username);
        var ha1 = Ha1(user, credentials.Algorithm);
        var outcome = _authenticator.Verify(
            credentials, ha1.Span, tenant.Domain, Algorithms(tenant), request.MethodToken, ProvenUri(credentials, request, tenant), _time.GetUtcNow());
        if (outcome is DigestOutcome.Refused && !_guesses.TryTake(transaction.Flow, tenant.Name, credentials.Username, NowMs))
            LogShutOut(_logger, transaction.Flow, transaction.Method);
        else if (outcome is DigestOutcome.Accepted or DigestOutcome.Stale && _guesses.AreTooMany(transaction.Flow, tenant.Name, credentials.Username, NowMs))
            outcome = DigestOutcome.Refused;
        if (outcome is not DigestOutcome.Accepted)
        {
            Challenge(stack, transaction, tenant, outcome is DigestOutcome.Stale);
            return null;
        }
        _proven.Remember(transaction.Flow, tenant.Name, user!.Extension, NowMs);
        return user;
    }

    /// <summary>Whether the user has lately proved to be behind this very flow, by a registration or any other request.</summary>
    public bool HasProved(in SipFlow flow, string tenant, string extension) => _proven.Knows(flow, tenant, extension, NowMs);

    private static bool TryFind(SipMessage request, string realm, out DigestCredentials credentials) =>
        DigestCredentials.TryFind(request, HeaderName.Authorization, realm, out credentials)
        || DigestCredentials.TryFind(request, HeaderName.ProxyAuthorization, realm, out credentials);

    /// <summary>
    /// What the proof must be for: the Request-URI, or the server as a whole, which some user agents name instead (RFC 3261 §22.4 lets a server be lenient
    /// here; that the proof is good once does not depend on it).
    /// </summary>
    private ReadOnlySpan<byte> ProvenUri(DigestCredentials credentials, SipMessage request, TenantRecord tenant)
    {
        var named = credentials.Uri;
        var isServer = SipUri.TryParse(named, out var uri, out _) && uri.IsSipOrSips && uri.User.IsEmpty
            && RequestOrigin.TenantOf(uri, _directory)?.Name == tenant.Name;
        return isServer ? named : request.RequestUri;
    }

    private static ReadOnlyMemory<byte> Ha1(UserRecord? user, DigestAlgorithm algorithm)
    {
        if (user is null)
            return default;
        foreach (var hash in user.Hashes)
        {
            if (Ascii.EqualsIgnoreCase(hash.Algorithm, algorithm.Token()))
                return hash.Ha1;
        }
        return default;
    }

    private DigestAlgorithm[] Algorithms(TenantRecord tenant)
    {
        var tokens = tenant.DigestAlgorithms;
        // Keyed by the list itself, which provisioning may change under the same tenant.
        var key = tokens.Length == 1 ? tokens[0] : string.Join(',', tokens.AsSpan());
        return _algorithms.GetOrAdd(key, static text =>
            [.. text.Split(',').Select(token => DigestAlgorithms.Parse(Encoding.ASCII.GetBytes(token))).Where(known => known is not DigestAlgorithm.Unknown)]);
    }

    private void Challenge(SipStack stack, ServerTransaction transaction, TenantRecord tenant, bool stale)
    {
        var random = RandomNumberGenerator.GetBytes(NonceMint.RandomBytes);
        var writer = new SipWriter(512);
        try
        {
            _authenticator.WriteChallenges(
                ref writer, HeaderName.WwwAuthenticate, tenant.Domain, Algorithms(tenant), _time.GetUtcNow(), random, stale);
            stack.Respond(transaction, 401, new SipPayload(writer.ToArray()));
        }
        finally
        {
            writer.Dispose();
        }
    }

    private long NowMs => _time.GetTimestamp() * 1000 / _time.TimestampFrequency;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Too many wrong passwords over {Flow}, last with {Method}")]
    private static partial void LogShutOut(ILogger logger, SipFlow flow, SipMethod method);
}
