using Microsoft.Extensions.Logging;
using Orleans;
using Webphone.Grains.Installation;
using Webphone.Grains.Tenants;
using Webphone.Net.WebPush;
using Webphone.Silo.Edges;

namespace Webphone.Silo.PushEdge;

/// <summary>What the legs of browsers that are to be woken share.</summary>
internal sealed class PushContext(PushEdgeOptions options, PushSender sender, PushNetworks networks, IDirectory directory, IGrainFactory grains, EdgePost post, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _reading = new(1);
    private VapidKey? _key;

    public PushEdgeOptions Options => options;

    public PushSender Sender => sender;

    public PushNetworks Networks => networks;

    public IGrainFactory Grains => grains;

    public EdgePost Post => post;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public TimeSpan RingTimeOf(string tenant) => directory.FindTenant(tenant)?.RingTime ?? TimeSpan.Zero;

    public string ContactOf(string tenant) => options.Contact ?? $"mailto:postmaster@{directory.FindTenant(tenant)?.Domain ?? tenant}";

    /// <summary>The installation's key; asked for once.</summary>
    public async Task<VapidKey> Key()
    {
        if (Volatile.Read(ref _key) is { } known)
            return known;
        await _reading.WaitAsync();
        try
        {
            if (_key is null)
            {
                var secrets = await grains.GetGrain<IInstallationGrain>(IInstallationGrain.Key).GetSecrets().WaitAsync(Webphone.Grains.Calls.EdgeLimits.CommandTimeout, time);
                Volatile.Write(ref _key, new VapidKey(secrets.PushKey.AsSpan()));
            }
            return _key!;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose()
    {
        _key?.Dispose();
        _reading.Dispose();
        sender.Dispose();
    }
}
