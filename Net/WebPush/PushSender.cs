using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Webphone.Net.WebPush;

/// <summary>
/// Sends messages to push services (<see href="https://www.rfc-editor.org/rfc/rfc8030">RFC 8030</see>) over one pool of connections. Never throws for what a push
/// service does; a service that asked to be left alone is. Safe from any thread.
/// </summary>
public sealed partial class PushSender : IDisposable
{
    /// <summary>Messages on their way at a time.</summary>
    public const int MostUnderWay = 256;

    private const int MostServices = 1_000;
    private const int MostAnswerBytes = 4_096;
    private const int ConnectionsPerServer = 8;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TokenTime = VapidKey.LongestToken / 2;
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly PushNetworks _networks;
    private readonly TimeProvider _time;
    private readonly ILogger<PushSender> _log;
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _notBefore = new();
    private readonly ConcurrentDictionary<(string Origin, string Key, string Contact), (string Value, DateTimeOffset Until)> _tokens = new();
    private readonly Meter _meter = new("Webphone.Net");
    private readonly Counter<long> _sent;
    private int _underWay;

    public PushSender(PushNetworks networks, TimeProvider time, ILogger<PushSender> log)
    {
        _networks = networks;
        _time = time;
        _log = log;
        _sent = _meter.CreateCounter<long>("webphone.push.sent", "{message}", "Messages for browsers that are closed, by outcome");
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxConnectionsPerServer = ConnectionsPerServer,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = AnswerTime / 2,
            ConnectCallback = Connect,
        })
        {
            Timeout = AnswerTime,
            MaxResponseContentBufferSize = MostAnswerBytes,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    /// <param name="contact">Who a push service can complain to (mailto: or https:).</param>
    public async Task<PushResult> Send(PushMessage message, VapidKey key, string contact, CancellationToken cancellation)
    {
        var result = await SendCounted(message, key, contact, cancellation);
        _sent.Add(1, new KeyValuePair<string, object?>("outcome", result.Outcome.ToString()));
        return result;
    }

    public void Dispose()
    {
        _http.Dispose();
        _meter.Dispose();
    }

    private async Task<PushResult> SendCounted(PushMessage message, VapidKey key, string contact, CancellationToken cancellation)
    {
        var origin = message.Endpoint.GetLeftPart(UriPartial.Authority);
        if (_notBefore.TryGetValue(origin, out var until) && until - _time.GetUtcNow() is var wait && wait > TimeSpan.Zero)
            return new PushResult(PushOutcome.Busy, wait);
        if (Interlocked.Increment(ref _underWay) > MostUnderWay)
        {
            Interlocked.Decrement(ref _underWay);
            return new PushResult(PushOutcome.Overloaded);
        }
        try
        {
            using var request = Request(message, TokenFor(message.Endpoint, origin, key, contact));
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return Read(response, origin);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            if (!cancellation.IsCancellationRequested)
                LogUnreachable(_log, origin, error.Message);
            return new PushResult(PushOutcome.Unreachable);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private static HttpRequestMessage Request(PushMessage message, string authorization)
    {
        using var once = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var body = PushEncryption.Encrypt(message.Body.Span, message.Keys, once, RandomNumberGenerator.GetBytes(Aes128Gcm.SaltBytes));
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.ContentEncoding.Add("aes128gcm");
        var request = new HttpRequestMessage(HttpMethod.Post, message.Endpoint) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.TryAddWithoutValidation("TTL", ((long)Math.Ceiling(message.TimeToLive.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("Urgency", "high");
        request.Headers.TryAddWithoutValidation("Topic", message.Topic);
        return request;
    }

    private PushResult Read(HttpResponseMessage response, string origin)
    {
        var status = (int)response.StatusCode;
        if (status is >= 200 and < 300)
            return new PushResult(PushOutcome.Accepted);
        LogRefused(_log, origin, status);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            return new PushResult(PushOutcome.Gone);
        if (status != (int)HttpStatusCode.TooManyRequests && status < 500)
            return new PushResult(PushOutcome.Refused);
        var pause = PauseOf(response.Headers.RetryAfter);
        if (pause is { } time)
        {
            if (_notBefore.Count >= MostServices)
                _notBefore.Clear();
            _notBefore[origin] = _time.GetUtcNow() + time;
        }
        return new PushResult(PushOutcome.Busy, pause);
    }

    private TimeSpan? PauseOf(RetryConditionHeaderValue? header)
    {
        if ((header?.Delta ?? header?.Date - _time.GetUtcNow()) is not { } pause || pause <= TimeSpan.Zero)
            return null;
        return pause < LongestPause ? pause : LongestPause;
    }

    /// <summary>One token for each service for some hours: services dislike new ones with every message.</summary>
    private string TokenFor(Uri endpoint, string origin, VapidKey key, string contact)
    {
        var now = _time.GetUtcNow();
        if (_tokens.TryGetValue((origin, key.PublicKey, contact), out var known) && known.Until > now)
            return known.Value;
        if (_tokens.Count >= MostServices)
            _tokens.Clear();
        var value = key.Authorize(endpoint, now + TokenTime, contact);
        _tokens[(origin, key.PublicKey, contact)] = (value, now + TokenTime / 2);
        return value;
    }

    /// <summary>Connects to an address that was looked at, not to a name that may mean another one a moment later.</summary>
    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        var allowed = Array.FindAll(addresses, _networks.Allows);
        if (allowed.Length == 0)
            throw new IOException($"{host} is in no network that may be pushed to");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Push service {Origin} answered {Status}")]
    private static partial void LogRefused(ILogger log, string origin, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Push service {Origin} cannot be reached: {Reason}")]
    private static partial void LogUnreachable(ILogger log, string origin, string reason);
}
