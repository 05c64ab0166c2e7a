using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Webphone.Net.WebPush;

namespace Webphone.Net.Tests.WebPush;

public sealed class PushSenderTests : IAsyncDisposable
{
    private static readonly PushNetworks Loopback = new([IPNetwork.Parse("127.0.0.0/8")]);

    private readonly WebApplication _service;
    private readonly VapidKey _key;
    private readonly Queue<Action<HttpResponse>> _answers = new();
    private readonly List<IHeaderDictionary> _asked = [];

    public PushSenderTests()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(new IPEndPoint(IPAddress.Loopback, 0)));
        _service = builder.Build();
        _service.Run(context =>
        {
            // A copy: the server uses the headers of a request again for the next.
            _asked.Add(new HeaderDictionary(context.Request.Headers.ToDictionary()));
            _answers.Dequeue()(context.Response);
            return Task.CompletedTask;
        });
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _key = new VapidKey(made.ExportPkcs8PrivateKey());
    }

    [Fact]
    public async Task A_message_goes_out_with_what_a_push_service_asks_for()
    {
        using var sender = Sender(Loopback);

        Assert.Equal(PushOutcome.Accepted, (await Send(sender, response => response.StatusCode = 201)).Outcome);

        var headers = Assert.Single(_asked);
        Assert.Equal(("30", "high", "topic-1", "aes128gcm"), ($"{headers["TTL"]}", $"{headers["Urgency"]}", $"{headers["Topic"]}", $"{headers.ContentEncoding}"));
        Assert.StartsWith("vapid t=", headers.Authorization.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, PushOutcome.Accepted)]
    [InlineData(302, PushOutcome.Refused)]
    [InlineData(400, PushOutcome.Refused)]
    [InlineData(403, PushOutcome.Refused)]
    [InlineData(404, PushOutcome.Gone)]
    [InlineData(410, PushOutcome.Gone)]
    [InlineData(413, PushOutcome.Refused)]
    [InlineData(429, PushOutcome.Busy)]
    [InlineData(503, PushOutcome.Busy)]
    public async Task What_a_push_service_answers_is_understood(int status, PushOutcome outcome)
    {
        using var sender = Sender(Loopback);

        Assert.Equal(new PushResult(outcome), await Send(sender, response =>
        {
            response.StatusCode = status;
            response.Headers.Location = "http://127.0.0.1:1/";
        }));
    }

    [Fact]
    public async Task A_service_that_asks_for_a_pause_is_left_alone_by_every_message()
    {
        using var sender = Sender(Loopback);
        var first = await Send(sender, response =>
        {
            response.StatusCode = 429;
            response.Headers.RetryAfter = "120";
        });

        var second = await Send(sender, _ => throw new InvalidOperationException("It was asked again."));

        Assert.Equal(new PushResult(PushOutcome.Busy, TimeSpan.FromSeconds(120)), first);
        Assert.Equal(PushOutcome.Busy, second.Outcome);
        Assert.InRange(second.RetryAfter!.Value, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task An_address_that_is_not_public_is_not_connected_to()
    {
        using var sender = Sender(new PushNetworks([]));

        Assert.Equal(PushOutcome.Unreachable, (await Send(sender, _ => throw new InvalidOperationException("It was connected to."))).Outcome);
        Assert.Empty(_asked);
    }

    public async ValueTask DisposeAsync()
    {
        _key.Dispose();
        await _service.StopAsync();
        await _service.DisposeAsync();
    }

    private static PushSender Sender(PushNetworks networks) => new(networks, TimeProvider.System, NullLogger<PushSender>.Instance);

    private async Task<PushResult> Send(PushSender sender, Action<HttpResponse> answer)
    {
        var addresses = _service.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        if (addresses.Addresses.Count == 0)
            await _service.StartAsync();
        _answers.Enqueue(answer);
        using var browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = browser.ExportParameters(false).Q;
        var keys = new PushKeys((byte[])[4, .. point.X!, .. point.Y!], new byte[PushKeys.AuthBytes]);
        var message = new PushMessage(new Uri(addresses.Addresses.Single() + "/push/1"), keys, "hello"u8.ToArray(), "topic-1", TimeSpan.FromSeconds(30));
        return await sender.Send(message, _key, "mailto:admin@example.com", CancellationToken.None);
    }
}
