using Microsoft.Extensions.Logging;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;
using Webphone.Silo.Storage.Recordings;

namespace Webphone.Silo.MediaNode.Recordings;

/// <summary>Removes the recordings of this node that are older than their tenant keeps them, and says in the access log that it did.</summary>
internal sealed partial class RecordingRetention(
    string node, string folder, IDirectory directory, RecordingStore store, TimeProvider time, ILogger<RecordingRetention> logger)
{
    public static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>A node that is restarted more often than that removes what is old all the same.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMinutes(2);

    /// <summary>How long it is known who used a recording.</summary>
    public static readonly TimeSpan AccessKept = TimeSpan.FromDays(3 * 365);

    private const int AtOnce = 200;

    private readonly RecordingFolder _folder = new(folder);

    public async Task Once()
    {
        foreach (var tenant in directory.Tenants)
        {
            if (tenant.Recording.KeepFor is not { } keep)
                continue;
            var removed = await Remove(tenant.Name, time.GetUtcNow() - keep);
            if (removed > 0)
                LogRemoved(removed, tenant.Name, keep);
        }
        await store.ForgetAccess(time.GetUtcNow() - AccessKept);
    }

    private async Task<int> Remove(string tenant, DateTimeOffset before)
    {
        var removed = 0;
        while (await store.ListEnded(node, tenant, before, AtOnce) is { IsEmpty: false } old)
        {
            foreach (var recording in old)
            {
                _folder.Delete(recording.File);
                await store.Delete(tenant, new RecordingAccess(recording.Id, recording.Extension, "", RecordingUse.Expire, time.GetUtcNow(), ""));
                removed++;
            }
        }
        return removed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} recordings of {Tenant} were older than {Keep} and are removed")]
    private partial void LogRemoved(int count, string tenant, TimeSpan keep);
}
