using Webphone.System.Tests.Harness;
using Webphone.Tests.Shared.Storage;

namespace Webphone.System.Tests;

/// <summary>The same first call with PostgreSQL as the store, over a restart.</summary>
[Trait("Shows", "2")]
public sealed class PostgresTests
{
    [Fact]
    public async Task Two_phones_talk_and_bindings_and_history_survive_a_power_cut_in_postgresql()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var silo = await RunningSilo.StartAsync("--postgres", postgres.ConnectionString);
        await using var caller = await BaresipPhone.RegisteredAsync(silo.Phone("101"));
        await using var callee = await BaresipPhone.RegisteredAsync(silo.Phone("102", 800));
        await Conversation.HoldAndResumeAsync(caller, callee);
        await caller.HangUpAsync();
        await caller.NextAsync("CALL_CLOSED");
        await callee.NextAsync("CALL_CLOSED");
        await History.HasOneEntryEachAsync(silo, "101", "102");

        await silo.KillAsync();
        await silo.LaunchAsync();
        await History.HasOneEntryEachAsync(silo, "101", "102");
        await Conversation.BeginAsync(caller, callee);
        Assert.Empty(Directory.Exists(silo.DataFolder) ? Directory.EnumerateFiles(silo.DataFolder, "*.db") : []);
    }

    [Theory]
    [InlineData(true, 30)]
    [InlineData(false, 10)]
    public async Task While_postgresql_is_away_calls_go_on_and_new_ones_are_made_and_nothing_of_them_is_lost(bool hangs, int seconds)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var silo = await RunningSilo.StartAsync("--postgres", postgres.ConnectionString);
        await using var caller = await BaresipPhone.RegisteredAsync(silo.Phone("101"));
        await using var callee = await BaresipPhone.RegisteredAsync(silo.Phone("102", 800));
        await Conversation.BeginAsync(caller, callee);
        await silo.JournalWrittenAsync();

        await (hangs ? postgres.PauseAsync() : postgres.StopAsync());
        var back = Task.Delay(TimeSpan.FromSeconds(seconds));
        await callee.HearsAsync(caller.ToneHertz);
        await HangUpAsync();
        await Conversation.BeginAsync(caller, callee);
        await HangUpAsync();
        await back;
        await (hangs ? postgres.ResumeAsync() : postgres.StartAgainAsync());

        await silo.JournalWrittenAsync();
        await History.HasOneEntryEachAsync(silo, "101", "102");
        foreach (var extension in new[] { "101", "102" })
        {
            var entries = await History.OfAsync(silo, extension);
            Assert.Equal(2, entries.Count);
            Assert.All(entries, entry => Assert.Equal("Completed", (string?)entry["end"], ignoreCase: true));
        }

        Assert.False(silo.Process.HasExited);

        async Task HangUpAsync()
        {
            await caller.HangUpAsync();
            await caller.NextAsync("CALL_CLOSED");
            await callee.NextAsync("CALL_CLOSED");
        }
    }
}
