using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Webphone.WebFrontend.Tests.Harness;

/// <summary>A push service and the browsers that subscribed at it: it checks who pushes, and decrypts as a browser would.</summary>
internal sealed class PushService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, PushBrowser> _browsers = new();

    private PushService()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(new IPEndPoint(IPAddress.Loopback, 0)));
        _app = builder.Build();
        _app.Run(Take);
    }

    /// <summary>Answers instead of taking a message; null takes it.</summary>
    public Func<HttpResponse, bool>? Refuse { get; set; }

    public int Refused { get; private set; }

    public static async Task<PushService> Start()
    {
        var service = new PushService();
        await service._app.StartAsync();
        return service;
    }

    /// <param name="applicationKey">Who may push, as the browser was told.</param>
    public PushBrowser Subscribe(string applicationKey)
    {
        var server = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var path = $"/push/{Browser.NewId()}";
        return _browsers[path] = new PushBrowser(server + path, applicationKey);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task Take(HttpContext context)
    {
        if (Refuse?.Invoke(context.Response) is true)
        {
            Refused++;
            return;
        }
        if (!_browsers.TryGetValue(context.Request.Path, out var browser))
        {
            context.Response.StatusCode = StatusCodes.Status410Gone;
            return;
        }
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        context.Response.StatusCode = browser.Take(context.Request, body.ToArray()) ? StatusCodes.Status201Created : StatusCodes.Status403Forbidden;
    }
}

/// <summary>What a page gets from PushManager.subscribe, and what its service worker then hears.</summary>
internal sealed class PushBrowser(string endpoint, string applicationKey) : IDisposable
{
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _auth = RandomNumberGenerator.GetBytes(16);
    private readonly Channel<Pushed> _pushed = Channel.CreateUnbounded<Pushed>();

    public object Subscription(string? session = null) => new { endpoint, p256dh = Base64Url.EncodeToString(PointOf(_key)), auth = Base64Url.EncodeToString(_auth), session };

    public string Endpoint => endpoint;

    public async Task<Pushed> Next()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _pushed.Reader.ReadAsync(limit.Token);
    }

    public bool HasNothing => _pushed.Reader.Count == 0;

    public void Dispose() => _key.Dispose();

    public bool Take(HttpRequest request, byte[] body)
    {
        if (!IsAuthorized(request.Headers.Authorization.ToString(), $"{request.Scheme}://{request.Host}"))
            return false;
        using var message = JsonDocument.Parse(Decrypt(body));
        var root = message.RootElement;
        var caller = root.GetProperty("caller");
        return _pushed.Writer.TryWrite(new Pushed(
            root.GetProperty("kind").GetString()!, root.GetProperty("leg").GetString()!, caller.GetProperty("number").GetString()!, caller.GetProperty("name").GetString()!,
            root.GetProperty("missed").GetBoolean(), int.Parse(request.Headers["TTL"]!), $"{request.Headers["Topic"]}", $"{request.Headers["Urgency"]}"));
    }

    /// <summary>RFC 8292: the token is of the key that the browser subscribed for, for this service, and not over.</summary>
    private bool IsAuthorized(string header, string audience)
    {
        var parts = header.Split(["vapid t=", ".", ", k="], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 4 || parts[3] != applicationKey)
            return false;
        var point = Base64Url.DecodeFromChars(parts[3]);
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..] } });
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        return key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256)
            && claims.RootElement.GetProperty("aud").GetString() == audience
            && DateTimeOffset.FromUnixTimeSeconds(claims.RootElement.GetProperty("exp").GetInt64()) is var end && end > DateTimeOffset.UtcNow && end < DateTimeOffset.UtcNow.AddHours(24)
            && claims.RootElement.GetProperty("sub").GetString()!.StartsWith("mailto:", StringComparison.Ordinal);
    }

    /// <summary>RFC 8291 §3, from the browser's side.</summary>
    private byte[] Decrypt(ReadOnlySpan<byte> body)
    {
        var keyLength = body[20];
        var sender = body.Slice(21, keyLength).ToArray();
        Assert.True(BinaryPrimitives.ReadUInt32BigEndian(body[16..]) >= body.Length - 21 - keyLength);
        using var other = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = sender[1..33], Y = sender[33..] } });
        byte[] info = [.. "WebPush: info\0"u8, .. PointOf(_key), .. sender];
        var material = HKDF.DeriveKey(HashAlgorithmName.SHA256, _key.DeriveRawSecretAgreement(other.PublicKey), 32, _auth, info);
        var salt = body[..16].ToArray();
        var contentKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 16, salt, "Content-Encoding: aes128gcm\0"u8.ToArray());
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 12, salt, "Content-Encoding: nonce\0"u8.ToArray());
        var record = body[(21 + keyLength)..];
        var plain = new byte[record.Length - 16];
        using var cipher = new AesGcm(contentKey, 16);
        cipher.Decrypt(nonce, record[..^16], record[^16..], plain);
        Assert.Equal(2, plain[^1]);
        return plain[..^1];
    }

    private static byte[] PointOf(ECDiffieHellman key) => key.ExportParameters(false).Q is var point ? [4, .. point.X!, .. point.Y!] : [];
}

/// <summary>A message as the service worker reads it, and how it came.</summary>
internal sealed record Pushed(string Kind, string Leg, string Number, string Name, bool Missed, int TimeToLive, string Topic, string Urgency);
