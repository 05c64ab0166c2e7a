using Webphone.Silo.Storage.Nodes;
using Webphone.WebFrontend.Health;

namespace Webphone.Silo.Hosting;

/// <summary>The store is well when a heartbeat was written lately.</summary>
internal sealed class StoreHealth(NodeHeartbeat heartbeat, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public HealthCheck Check => new("store", () => time.GetUtcNow() - heartbeat.LastBeat > Patience ? "nothing could be written for some seconds" : null);
}
