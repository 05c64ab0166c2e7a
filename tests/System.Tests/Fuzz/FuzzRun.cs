using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests.Fuzz;

/// <summary>Puts broken messages through a running server by one transport while two phones talk, and says what that did to it.</summary>
public sealed partial class FuzzRun(RunningSilo silo, string transport, int messages, int seed)
{
    private const int Senders = 4;
    private readonly List<string> _memory = [];

    /// <summary>Resident bytes at the start, in the middle and at the end.</summary>
    public List<long> Resident { get; } = [];

    public FuzzCount Count { get; } = new(messages);

    /// <summary>Messages that the server itself counted as received, the probes included.</summary>
    public long Received { get; private set; }

    /// <summary>Messages whose processing threw.</summary>
    public long Failures { get; private set; }

    public async Task<string> RunAsync(Bystanders bystanders, TimeSpan limit)
    {
        var before = await silo.MetricsAsync();
        await SampleAsync("start", before);
        var clock = Stopwatch.StartNew();
        var users = new List<SipPeer>();
        using var stop = new CancellationTokenSource(limit);
        Bystanders.Heard heard = default;
        try
        {
            heard = await bystanders.DoNotNoticeAsync(async () =>
            {
                var sending = Enumerable.Range(0, Senders).Select(i =>
                {
                    users.Add(new SipPeer(silo, "101"));
                    return new FuzzSender(transport, silo, new FuzzMessages(users[^1], seed + i), Count).RunAsync(stop.Token);
                }).ToList();
                sending.Add(SampleHalfwayAsync(stop.Token));
                await Task.WhenAll(sending);
            }, lossAllowed: 0.01);
        }
        finally
        {
            users.ForEach(user => user.Dispose());
        }

        var after = await silo.MetricsAsync();
        await SampleAsync("end", after);
        Received = (long)(Value(after, "webphone_sip_received_total") - Value(before, "webphone_sip_received_total"));
        Failures = (long)(Value(after, FailureSeries) - Value(before, FailureSeries));
        return $"""
            {transport}: {Count.Taken} messages taken in {clock.Elapsed.TotalSeconds:0} s ({Count.Taken / clock.Elapsed.TotalSeconds:0}/s), {Received} counted by the server with the probes between them, seed {seed}
            {Count.Connections} connections, {Count.FailedToOpen} not opened, {Count.Swallowed} messages swallowed as another's body, {Count.Unanswered} probes unanswered
            call beside it: {heard}
            {string.Join('\n', _memory)}
            {Failures} failures; exceptions thrown and caught: {string.Join(", ", Exceptions(before, after))}
            refused: {string.Join(", ", Refused(after))}
            """;
    }

    private const string FailureSeries = "webphone_sip_failures_total";

    private async Task SampleHalfwayAsync(CancellationToken stop)
    {
        while (Count.Taken < messages / 2 && !stop.IsCancellationRequested)
        {
            await Task.Delay(50, CancellationToken.None);
        }

        await SampleAsync("middle", await silo.MetricsAsync());
    }

    private Task SampleAsync(string when, string metrics)
    {
        Resident.Add(silo.Process.ResidentBytes());
        _memory.Add(string.Create(CultureInfo.InvariantCulture,
            $"{when,6}: {Resident[^1] / 1_000_000} MB resident, {Value(metrics, "dotnet_gc_last_collection_heap_size") / 1e6:0} MB heap after the last collection, {Value(metrics, "webphone_sip_transactions"):0} transactions, {Value(metrics, "webphone_sip_connections"):0} connections, {Value(metrics, "webphone_sip_dialogs"):0} dialogs"));
        return Task.CompletedTask;
    }

    /// <summary>The sum of a metric's series.</summary>
    private static double Value(string metrics, string name) =>
        Regex.Matches(metrics, $"(?m)^{name}(?:_bytes)?(?:\\{{[^}}]*\\}})? ([-0-9.eE+]+)$").Sum(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));

    private static IEnumerable<string> Exceptions(string before, string after) => ExceptionSeries().Matches(after).Select(m =>
        $"{m.Groups[1].Value} {double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture) - Value(before, $"dotnet_exceptions_total\\{{error_type=\"{Regex.Escape(m.Groups[1].Value)}\"\\}}"):0}");

    private static IEnumerable<string> Refused(string metrics) => RefusedSeries().Matches(metrics).Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value}");

    [GeneratedRegex("(?m)^dotnet_exceptions_total\\{error_type=\"([^\"]+)\"\\} ([0-9.eE+]+)$")]
    private static partial Regex ExceptionSeries();

    [GeneratedRegex("(?m)^webphone_sip_refused_total\\{reason=\"([^\"]+)\"\\} ([1-9][0-9]*)$")]
    private static partial Regex RefusedSeries();
}
