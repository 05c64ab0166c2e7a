using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Webphone.WebFrontend.Accounts;
using Webphone.WebFrontend.Api;
using Webphone.WebFrontend.Hub;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Hub.Liveness;
using Webphone.WebFrontend.Phones;

namespace Webphone.WebFrontend;

/// <summary>The services of the frontend. Besides them it needs an IGrainFactory, a TimeProvider and logging.</summary>
public static class FrontendServices
{
    /// <summary>A tab in the background may be let to run once a minute only, so its silence says little; a dead network shows by unanswered pings of its <see cref="BrowserLiveness"/>.</summary>
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(100);

    /// <summary>SignalR looks once a second who was told nothing for longer: who is to be told within a heartbeat is looked for a little earlier.</summary>
    private static readonly TimeSpan HeartbeatMargin = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);
    private const int ParallelCalls = 4;

    public static IServiceCollection AddFrontend(this IServiceCollection services, FrontendOptions options)
    {
        services.AddSingleton(options);
        // The core only: the cookie needs none of the key rings that the rest would bring.
        services.AddAuthenticationCore(authentication =>
        {
            authentication.AddScheme<SignInHandler>(SignInHandler.SchemeName, displayName: null);
            authentication.DefaultScheme = SignInHandler.SchemeName;
        });
        services.AddTransient<SignInHandler>();
        services.AddWebEncoders();
        services.AddAuthorization();
        services.ConfigureHttpJsonOptions(json => WebJson.Apply(json.SerializerOptions));
        services.AddSignalR(hub =>
        {
            hub.MaximumReceiveMessageSize = HubLimits.MessageBytes;
            hub.ClientTimeoutInterval = ClientTimeout;
            hub.HandshakeTimeout = HandshakeTimeout;
            hub.KeepAliveInterval = options.Heartbeat - HeartbeatMargin;
            hub.MaximumParallelInvocationsPerClient = ParallelCalls;
            hub.EnableDetailedErrors = false;
            hub.AddFilter<HubGuard>();
        }).AddJsonProtocol(json => WebJson.Apply(json.PayloadSerializerOptions));
        services.AddSingleton<HubGuard>();
        services.AddSingleton<HubDirectory>();
        services.AddSingleton<CallFan>();
        services.AddSingleton<PresenceFan>();
        services.AddSingleton<RoomFan>();
        services.AddSingleton<RoomLampFan>();
        services.AddSingleton<SlotFan>();
        services.AddSingleton<KeyFan>();
        services.AddSingleton<PhoneSessions>();
        services.AddHostedService(static provider => provider.GetRequiredService<PhoneSessions>());
        services.AddSingleton<SignInCache>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<TurnCredentials>();
        services.AddSingleton<SessionEndpoints>();
        services.AddSingleton<ListEndpoints>();
        services.AddSingleton<RecordingEndpoints>();
        services.AddSingleton<PhoneGuesses>();
        services.AddSingleton<PhoneEndpoints>();
        services.AddSingleton<CallSettingsEndpoints>();
        services.AddSingleton<PushEndpoints>();
        services.AddSingleton<SecondFactorEndpoints>();
        return services;
    }
}
