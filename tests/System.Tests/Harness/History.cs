using System.Text.Json.Nodes;

namespace Webphone.System.Tests.Harness;

/// <summary>The call history as the status page of the running program shows it.</summary>
public static class History
{
    /// <summary>The newest entry of a user, once it is closed.</summary>
    public static async Task<JsonNode> NewestAsync(RunningSilo silo, string extension)
    {
        // Until the store has the call that is just over, the newest is one of before.
        await silo.JournalWrittenAsync();
        var end = Environment.TickCount64 + 40_000;
        while (true)
        {
            var entries = await OfAsync(silo, extension);
            if (entries.Count > 0 && entries[0]["endedAt"] is not null)
            {
                return entries[0];
            }

            Assert.True(Environment.TickCount64 < end, $"no closed history entry of {extension}: {await silo.StatusAsync()}");
            await Task.Delay(50);
        }
    }

    public static async Task<IReadOnlyList<JsonNode>> OfAsync(RunningSilo silo, string extension)
    {
        var status = await silo.StatusAsync();
        return [.. status["history"]!.AsArray().Where(e => (string?)e!["extension"] == extension)!];
    }

    /// <summary>After their only call in this program both users have one entry each, outbound and inbound, answered and closed.</summary>
    public static async Task HasOneEntryEachAsync(RunningSilo silo, string caller, string callee)
    {
        var outbound = await NewestAsync(silo, caller);
        var inbound = await NewestAsync(silo, callee);
        Assert.Equal("Outbound", (string?)outbound["direction"], ignoreCase: true);
        Assert.Equal("Inbound", (string?)inbound["direction"], ignoreCase: true);
        Assert.Equal((string?)outbound["callKey"], (string?)inbound["callKey"]);
        foreach (var entry in new[] { outbound, inbound })
        {
            Assert.Equal("Completed", (string?)entry["end"], ignoreCase: true);
            Assert.NotNull(entry["answeredAt"]);
        }

        var key = (string?)outbound["callKey"];
        Assert.Single(await OfAsync(silo, caller), e => (string?)e["callKey"] == key);
        Assert.Single(await OfAsync(silo, callee), e => (string?)e["callKey"] == key);
    }
}
