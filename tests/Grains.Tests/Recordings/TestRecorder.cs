using Webphone.Grains.Media;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Tests.Recordings;

/// <summary>A node's recorder that writes down what it is told, ids as they come: r1, r2 …</summary>
internal sealed class TestRecorder : IRecorder
{
    private readonly Dictionary<string, string> _names = [];

    public List<string> Told { get; } = [];

    public List<RecordingOrder> Orders { get; } = [];

    public Dictionary<string, byte[]> Files { get; } = [];

    public bool Refuses { get; set; }

    public Task<bool> Record(EndpointId endpoint, RecordingOrder order, bool paused)
    {
        Orders.Add(order);
        Told.Add($"Record {endpoint} {NameOf(order.Id)}{(paused ? " paused" : "")}");
        return Task.FromResult(!Refuses);
    }

    public Task Pause(EndpointId endpoint, string id, bool paused)
    {
        Told.Add($"{(paused ? "Pause" : "Resume")} {endpoint} {NameOf(id)}");
        return Task.CompletedTask;
    }

    public Task Stop(EndpointId endpoint, string id)
    {
        Told.Add($"Stop {endpoint} {NameOf(id)}");
        return Task.CompletedTask;
    }

    public Task Cue(EndpointId endpoint, ProgressTone tone)
    {
        Told.Add($"Cue {endpoint} {tone}");
        return Task.CompletedTask;
    }

    public Task<byte[]?> Read(RecordingFile file, long offset, int count) =>
        Task.FromResult(Files.TryGetValue(file.Id, out var bytes) ? bytes.AsSpan((int)Math.Min(offset, bytes.Length)..).ToArray().Take(count).ToArray() : null);

    public Task<byte[]?> ReadPeaks(RecordingFile file, int most) => Task.FromResult<byte[]?>([1, 2]);

    public Task Delete(RecordingFile file)
    {
        Files.Remove(file.Id);
        return Task.CompletedTask;
    }

    private string NameOf(string id)
    {
        if (!_names.TryGetValue(id, out var name)) _names[id] = name = $"r{_names.Count + 1}";
        return name;
    }
}
