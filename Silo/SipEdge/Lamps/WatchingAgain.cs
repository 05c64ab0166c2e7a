using System.Text;
using Microsoft.Extensions.Logging;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Driving;
using Webphone.Sip.Messages;
using Webphone.Sip.Stack;

namespace Webphone.Silo.SipEdge.Lamps;

/// <summary>
/// Goes on with subscriptions that the store kept, after a start or for a node that was lost, in the dialogs that the phones know, so that every lamp is right again before its phone
/// asks. UDP phones are told at once; those whose connection went with the last run when they register or refresh.
/// </summary>
internal sealed partial class WatchingAgain(EdgeContext edge, SipDriver driver, Watching watching, ISubscriptionStore store)
{
    private const int AtOnce = 32;

    /// <summary>Above any number of NOTIFY requests that one subscription is sent in a second: they rest for longer than that, and phones refresh by the minute.</summary>
    private const long CSeqsASecond = 16;

    private const long FirstCSeq = 1_000;
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);
    private const int Attempts = 10;

    public async Task Run(CancellationToken stopped)
    {
        try
        {
            await GoOn(await store.Load(edge.Options.Node), moved: false, stopped);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The edge stops.
        }
        // The edge of a start: without what was kept phones subscribe again when they refresh.
        catch (Exception failure)
        {
            LogFailed(edge.Logger, failure);
        }
        finally
        {
            watching.CaughtUp();
        }
    }

    /// <summary>Goes on with these, which are this node's. Ends when all lamps are right that can be, or are given up.</summary>
    /// <param name="moved">Their phones are reached by another way than the store knows.</param>
    public async Task GoOn(IReadOnlyList<StoredSubscription> kept, bool moved, CancellationToken stopped)
    {
        for (var attempt = 0; kept.Count > 0 && attempt < Attempts; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(AgainAfter, edge.Time, stopped);
            var left = new List<StoredSubscription>();
            foreach (var some in kept.Chunk(AtOnce))
            {
                var done = await Task.WhenAll(some.Select(subscription => GoOn(subscription, moved)));
                left.AddRange(some.Where((_, index) => !done[index]));
                stopped.ThrowIfCancellationRequested();
            }
            LogRestored(edge.Logger, kept.Count - left.Count, left.Count);
            kept = left;
        }
    }

    /// <summary>False when it is not known yet how its lamp stands.</summary>
    private async Task<bool> GoOn(StoredSubscription kept, bool moved)
    {
        var slash = kept.User.IndexOf('/');
        var tenant = slash < 0 ? null : edge.Directory.FindTenant(kept.User[..slash]);
        if (tenant is null || edge.Directory.FindUser(tenant.Name, kept.User[(slash + 1)..]) is not { } user || LampTarget.Find(kept.Target, user, edge.Directory) is not { } target)
        {
            store.Remove(kept.Id);
            return true;
        }
        var shard = driver.ShardOf(Encoding.UTF8.GetBytes(kept.Dialog.CallId));
        if (await Prepare(shard, user, tenant, target, kept.Package) is not { } subscriber)
            return false;
        subscriber.Since = kept.Since;
        shard.Run((Again: this, kept, subscriber, moved), static (turn, state) => state.Again.Restore(turn, state.kept, state.subscriber, state.moved));
        watching.Release(subscriber);
        return true;
    }

    private async Task<LampSubscriber?> Prepare(SipShard shard, UserRecord user, TenantRecord tenant, LampTarget target, LampPackage package)
    {
        try
        {
            return await watching.Prepare(shard, user, tenant, target, package);
        }
        // The edge of one subscription: the others go on.
        catch (Exception failure)
        {
            LogNotPrepared(edge.Logger, failure, target.Name);
            return null;
        }
    }

    private void Restore(SipShard shard, StoredSubscription kept, LampSubscriber subscriber, bool moved)
    {
        var isReachable = edge.Network.TryResolve(kept.Flow, out var flow);
        if (!isReachable)
            flow = LostFlow(kept.Flow);
        var elapsed = Math.Max(0, edge.Time.GetUtcNow().ToUnixTimeSeconds() - kept.Since);
        var firstCSeq = (uint)Math.Min(FirstCSeq + (elapsed * CSeqsASecond), int.MaxValue / 2);
        shard.Stack.Subscriptions.Restore(kept.Dialog, firstCSeq, flow, isReachable, subscriber, subscription =>
        {
            watching.Join(subscriber, subscription);
            if (moved)
                watching.Save(subscriber);
        });
        if (subscriber.Subscription is not null && !isReachable)
            watching.CatchUp(subscriber);
    }

    /// <summary>A flow that nothing can be sent on, but which says where the phone was.</summary>
    private static SipFlow LostFlow(string text) =>
        new(SipTransport.Tcp, -1, SipNetwork.RemoteOf(text) ?? new System.Net.IPEndPoint(System.Net.IPAddress.None, 0), -1);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Restored} subscriptions go on, {Left} wait to know how their lamps stand")]
    private static partial void LogRestored(ILogger logger, int restored, int left);

    [LoggerMessage(Level = LogLevel.Warning, Message = "It is not known how the lamp of {Target} stands")]
    private static partial void LogNotPrepared(ILogger logger, Exception failure, string target);

    [LoggerMessage(Level = LogLevel.Error, Message = "The subscriptions of the last run could not be read")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
