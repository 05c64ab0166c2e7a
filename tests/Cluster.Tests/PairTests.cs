using Webphone.Cluster.Tests.Harness;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests;

/// <summary>Two phones on every pair of silos.</summary>
public sealed class PairTests(SiloCluster cluster) : IClassFixture<SiloCluster>
{
    public static TheoryData<int, int> Pairs => [.. from a in Enumerable.Range(0, SiloCluster.Silos) from b in Enumerable.Range(0, SiloCluster.Silos) select (a, b)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Two_phones_hear_each_other_and_both_have_the_call_in_their_history(int from, int to)
    {
        cluster.Require();
        await using var caller = await cluster.PhoneAsync(from, "101", toneHertz: 440);
        await using var callee = await cluster.PhoneAsync(to, "102", toneHertz: 660);
        var before = await KeysAsync(from, "101");
        await Conversation.BeginAsync(caller, callee);
        await caller.HangUpAsync();
        await callee.NextAsync("CALL_CLOSED");
        var end = Environment.TickCount64 + 10_000;
        while ((await KeysAsync(from, "101")).Count == before.Count || (await KeysAsync(from, "102")).Count == before.Count)
        {
            Assert.True(Environment.TickCount64 < end, "the call is not in the history");
            await Task.Delay(50);
        }

        var made = Assert.Single((await KeysAsync(from, "101")).Except(before));
        Assert.Contains(made, await KeysAsync(from, "102"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 0)]
    public async Task Who_is_held_from_another_silo_hears_music_and_comes_back(int from, int to)
    {
        cluster.Require();
        await using var caller = await cluster.PhoneAsync(from, "103", toneHertz: 440);
        await using var callee = await cluster.PhoneAsync(to, "104", toneHertz: 660);
        await Conversation.HoldAndResumeAsync(caller, callee);
        await callee.HangUpAsync();
        await caller.NextAsync("CALL_CLOSED");
    }

    [Fact]
    public async Task A_phone_that_moves_to_another_silo_is_rung_there()
    {
        cluster.Require();
        await using var caller = await cluster.PhoneAsync(2, "105", toneHertz: 440);
        await using (await cluster.PhoneAsync(0, "106", toneHertz: 880)) { }

        await using var moved = await cluster.PhoneAsync(1, "106", toneHertz: 660);
        await Conversation.BeginAsync(caller, moved);
    }

    /// <summary>The calls between the two that are closed in a user's history.</summary>
    private async Task<List<string>> KeysAsync(int silo, string extension) =>
        [.. (await History.OfAsync(cluster[silo], extension)).Where(entry => entry["endedAt"] is not null).Select(entry => (string)entry["callKey"]!)];
}
