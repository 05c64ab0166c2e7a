using Orleans.Placement;

namespace Webphone.Grains.Nodes;

/// <summary>
/// Holds one node's references for as long as the node renews them. It is to live on the node itself, so that the two die together: one
/// that was started elsewhere, by somebody who asked for the node before it was there or after the cluster had lost it, tells the node so, which then takes it home.
/// </summary>
[PreferLocalPlacement]
public sealed class NodeGrain(TimeProvider time, LocalNode? here = null, IMembers? members = null) : Grain, INodeGrain
{
    private readonly TaskCompletionSource _announced = new();
    private NodeLinks? _links;
    private DateTimeOffset _until;
    private DateTimeOffset _knowsFrom;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _knowsFrom = time.GetUtcNow() + NodeLease.Patience;
        return Task.CompletedTask;
    }

    public Task<bool> Attach(NodeLinks links)
    {
        _links = links;
        _until = time.GetUtcNow() + NodeLease.Duration;
        _announced.TrySetResult();
        return Task.FromResult(here is null || here.Name == this.GetPrimaryKeyString());
    }

    public Task Detach()
    {
        // Stays for now, so that who asks need not wait for a node that said it leaves.
        _links = null;
        _announced.TrySetResult();
        return Task.CompletedTask;
    }

    public Task TakeHome()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<NodeLinks?> Resolve() => _announced.Task.IsCompleted || IsGone || time.GetUtcNow() >= _knowsFrom ? Task.FromResult(Known()) : Wait();

    /// <summary>Nobody waits for a node that the cluster has given up; one that comes back announces itself.</summary>
    private bool IsGone => members?.Has(this.GetPrimaryKeyString()) == false;

    private NodeLinks? Known() => time.GetUtcNow() < _until ? _links : null;

    private async Task<NodeLinks?> Wait()
    {
        await _announced.Task.WaitAsync(_knowsFrom - time.GetUtcNow(), time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return Known();
    }
}
