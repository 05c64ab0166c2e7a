using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Webphone.WebFrontend.Hub.Liveness;

/// <summary>Puts a <see cref="LivenessStream"/> below the WebSocket that a request becomes.</summary>
internal sealed class LivenessUpgrade(IHttpUpgradeFeature inner, HttpContext context, TimeSpan heartbeat, TimeProvider time) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    public static Task Apply(HttpContext context, RequestDelegate next, TimeSpan heartbeat, TimeProvider time)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
            context.Features.Set<IHttpUpgradeFeature>(new LivenessUpgrade(upgrade, context, heartbeat, time));
        return next(context);
    }

    public async Task<Stream> UpgradeAsync() => new LivenessStream(await inner.UpgradeAsync(), new BrowserLiveness(heartbeat, time), context.Abort);
}
