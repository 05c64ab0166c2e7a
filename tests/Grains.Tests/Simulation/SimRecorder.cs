using Webphone.Grains.Media;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>The recorders of all nodes: what they record, and what they ever did. They keep the rules that real ones keep.</summary>
internal sealed class SimRecorder(SimWorld world)
{
    private readonly Dictionary<EndpointId, SimRecording> _on = [];
    private readonly HashSet<string> _stopped = [];
    private readonly List<RecordingOrder> _begun = [];

    /// <summary>What an endpoint's recording is and how it stands.</summary>
    internal sealed record SimRecording(string Id, bool Paused);

    public IReadOnlyDictionary<EndpointId, SimRecording> On => _on;

    /// <summary>What was recorded, in the order in which it began.</summary>
    public IReadOnlyList<RecordingOrder> Begun => _begun;

    public bool Record(EndpointId endpoint, RecordingOrder order, bool paused)
    {
        if (world.Media.Of(endpoint) is null || _stopped.Contains(order.Id)) return false;
        if (_on.GetValueOrDefault(endpoint) is not { } running || running.Id != order.Id)
        {
            // What is wanted last replaces what was not stopped.
            End(endpoint);
            Begin(endpoint, order);
        }

        _on[endpoint] = new SimRecording(order.Id, paused);
        return true;
    }

    public void Pause(EndpointId endpoint, string id, bool paused)
    {
        if (_on.GetValueOrDefault(endpoint)?.Id == id) _on[endpoint] = new SimRecording(id, paused);
    }

    public void Stop(EndpointId endpoint, string id)
    {
        if (id.Length > 0) _stopped.Add(id);
        if (id.Length == 0 || _on.GetValueOrDefault(endpoint)?.Id == id) End(endpoint);
    }

    /// <summary>Its recording ends with it.</summary>
    public void Released(EndpointId endpoint) => End(endpoint);

    private void Begin(EndpointId endpoint, RecordingOrder order)
    {
        var leg = world.LiveLegs.FirstOrDefault(leg => leg.Endpoint == endpoint);
        world.Demand(leg is not null && leg.Extension == order.Extension, $"{endpoint} of {leg?.Extension} is recorded for {order.Extension}");
        world.Demand(_begun.All(other => other.Id != order.Id), $"recording {order.Id} begins twice");
        _begun.Add(order);
        world.Count("recording");
    }

    private void End(EndpointId endpoint)
    {
        if (_on.Remove(endpoint, out var ended)) _stopped.Add(ended.Id);
    }
}
