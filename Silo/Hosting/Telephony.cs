#pragma warning disable CA1822
using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Webphone.Silo.Settings;
using Webphone.WebFrontend.Health;

namespace Webphone.Silo.Hosting;

/// <summary>The media engine and the SIP edge of this node, and its announcement to the grains.</summary>
internal sealed class Telephony(WebphoneOptions options)
{
    public int SipPort => options.SipPort;

    public int SipsPort => options.SipsPort;

    public HealthCheck Check => new("sip", () => null);

    public Task Start() => Task.CompletedTask;

    public Task Stop() => Task.CompletedTask;

    public Task ServeWebSocket(WebSocket socket, IPEndPoint local, IPEndPoint remote, CancellationToken cancellation)
    {
        socket.Abort();
        return Task.CompletedTask;
    }
}

internal static class TelephonyServices
{
    public static void AddTelephony(this IServiceCollection services, WebphoneOptions options) => services.AddSingleton(new Telephony(options));
}
