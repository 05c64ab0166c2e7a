using System.Collections.Concurrent;

namespace Webphone.Grains.InProcess.Tests.Conformance.Subjects;

/// <summary>What the grains of a test did, by the test's key; and the gates at which they wait for the test.</summary>
public static class Journal
{
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> Entries = [];
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Gates = [];

    public static string[] Of(string key) => [.. Entries.GetOrAdd(key, _ => [])];
    public static void Add(string key, string entry) => Entries.GetOrAdd(key, _ => []).Enqueue(entry);

    public static Task Wait(string gate) => Gates.GetOrAdd(gate, _ => new()).Task;
    public static void Open(string gate) => Gates.GetOrAdd(gate, _ => new()).TrySetResult();
}
