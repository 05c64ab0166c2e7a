using System.Text.RegularExpressions;
using Webphone.System.Tests.Fuzz;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>
/// Broken messages by every transport: the server takes them all, throws nothing, keeps its memory, and a call beside it loses nothing. FUZZ_MESSAGES sets how many
/// (a million is a run of minutes), FUZZ_MINUTES how long one transport may take, FUZZ_SEED repeats a run.
/// </summary>
[Trait("Shows", "3")]
public sealed class HostileFuzzTests(ITestOutputHelper output)
{
    private readonly int _messages = Setting("FUZZ_MESSAGES", 10_000);
    private readonly int _seed = Setting("FUZZ_SEED", Random.Shared.Next());

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    [InlineData("ws")]
    public async Task Mutated_messages_disturb_nobody(string transport)
    {
        await using var silo = await RunningSilo.StartAsync(2000, "--trusted-networks", "127.0.0.1/32", "--log-level", "warning");
        using var bystanders = await Bystanders.TalkAsync(silo, "109", "110", local: "127.0.0.109");
        var run = new FuzzRun(silo, transport, _messages, _seed);
        var report = await run.RunAsync(bystanders, TimeSpan.FromMinutes(Setting("FUZZ_MINUTES", 5)));
        output.WriteLine(report);
        Console.WriteLine(report);

        Assert.True(run.Count.IsDone, report);
        Assert.True(run.Received >= run.Count.Taken, report);
        Assert.True(run.Count.Unanswered == 0, report);
        var error = Regex.Match(silo.Output, "(?m)^(.*\\b(ERR|FTL)\\b|Unhandled exception).*(\n.*){0,12}");
        Assert.False(error.Success, $"{report}\nlogged: {error.Value}");
        Assert.True(run.Failures == 0, report);
        Assert.True(run.Resident[^1] < 1_500_000_000, report);
        Assert.True(await silo.IsHealthyAsync(), report);
    }

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : otherwise;
}
