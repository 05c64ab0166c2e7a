using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Recordings;
using Webphone.Grains.Users;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.SipEdge.Lamps;
using Webphone.Silo.Storage.GrainState;
using Webphone.Silo.Storage.Recordings;
using Webphone.Silo.Storage.Subscriptions;
using Webphone.Silo.Tests.SipEdge;
using Webphone.Sip.Subscriptions;

namespace Webphone.Silo.Tests.Storage;

/// <summary>What every store must do, whatever it is made of.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private static readonly GrainId Grain = GrainId.Parse("user/acme/101");

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Another handle on the same store.</summary>
    private protected abstract IDatabase Connect();

    public sealed record Sample
    {
        public string Text { get; init; } = "";
    }

    public sealed record NewerSample
    {
        public const int SchemaVersion = 2;

        public string Text { get; init; } = "";
    }

    [Fact]
    public async Task State_that_was_written_is_read_back()
    {
        await using var store = await OpenStore.Open(Connect());
        var written = new GrainState<Sample>(new Sample { Text = "Zoë \u0000 \"quoted\"" });
        await store.States.WriteStateAsync("s", Grain, written);
        var read = new GrainState<Sample>();
        await store.States.ReadStateAsync("s", Grain, read);
        Assert.Equal(written.State, read.State);
        Assert.Equal(written.ETag, read.ETag);
        Assert.True(read.RecordExists);
    }

    [Fact]
    public async Task Subscriptions_of_a_node_are_kept_moved_and_forgotten()
    {
        await using var store = await OpenStore.Open(Connect());
        using (var kept = Subscriptions(store, "node1"))
        using (var others = Subscriptions(store, "node2"))
        {
            kept.Save(Subscription("one", "flow 1"));
            kept.Save(Subscription("two", "flow 1"));
            kept.Save(Subscription("one", "flow 2"));
            others.Save(Subscription("three", "flow 1"));
            kept.Remove("two");
            kept.Remove("never");
            await Eventually.True(() => kept.Waiting() + others.Waiting() == 0);
        }

        using var again = Subscriptions(store, "node1");
        var only = Assert.Single(await again.Load("node1"));
        Assert.Equivalent(Subscription("one", "flow 2"), only);
    }

    [Fact]
    public async Task Subscriptions_of_a_lost_node_go_to_one_other()
    {
        await using var store = await OpenStore.Open(Connect());
        using var lost = Subscriptions(store, "node1");
        using var one = Subscriptions(store, "node2");
        using var other = Subscriptions(store, "node3");
        lost.Save(Subscription("one", "flow 1"));
        lost.Save(Subscription("two", "flow 1"));
        lost.Save(Subscription("over", "flow 1"));
        await Eventually.True(() => lost.Waiting() == 0);
        lost.Remove("over");
        await Eventually.True(() => lost.Waiting() == 0);

        var taken = await Task.WhenAll(one.TakeOver("one", "node1"), other.TakeOver("one", "node1"));
        Assert.Single(taken, isTaken => isTaken);
        Assert.True(await one.TakeOver("two", "node1"));
        Assert.False(await one.TakeOver("over", "node1"));
        Assert.Empty(await lost.Load("node1"));
        Assert.Equal(2, (await one.Load("node2")).Count + (await one.Load("node3")).Count);
    }

    [Fact]
    public async Task P21_recordings_are_found_by_user_by_call_and_by_age_and_end_once()
    {
        await using var store = await OpenStore.Open(Connect());
        var recordings = new RecordingStore(store.Database, store.Writer);
        var first = Recording("a", "101", "acme/c1", minutes: 1);
        await recordings.Save(first with { EndedAt = null });
        await recordings.Save(Recording("b", "101", "acme/c1", minutes: 2));
        await recordings.Save(Recording("c", "102", "acme/c1", minutes: 3));
        await recordings.Save(first);
        await recordings.Save(first with { Size = 99, EndedAt = null });
        Assert.Equal(first, await recordings.Find("acme", "a"));
        Assert.Null(await recordings.Find("other", "a"));
        Assert.Equal(["b", "a"], (await recordings.List("acme", "101", null, 10)).Select(recording => recording.Id));
        Assert.Equal(["c", "b"], (await recordings.List("acme", null, null, 2)).Select(recording => recording.Id));
        Assert.Equal(["a"], (await recordings.List("acme", null, Records.Start.AddMinutes(2), 10)).Select(recording => recording.Id));
        Assert.Equal(["a", "b"], (await recordings.OfCalls("acme", "101", ["acme/c1", "acme/c2"])).Select(recording => recording.Id));
        Assert.Empty(await recordings.OfCalls("acme", "101", []));
        Assert.Equal(["a"], (await recordings.ListEnded("n1", "acme", Records.Start.AddMinutes(3), 10)).Select(recording => recording.Id));
        Assert.Empty(await recordings.ListEnded("n2", "acme", Records.Start.AddHours(1), 10));
    }

    [Fact]
    public async Task P21_a_deleted_recording_is_gone_and_its_uses_are_known()
    {
        await using var store = await OpenStore.Open(Connect());
        var recordings = new RecordingStore(store.Database, store.Writer);
        await recordings.Save(Recording("a", "101", "acme/c1", minutes: 1));
        await recordings.Log("acme", new RecordingAccess("a", "101", "102", RecordingUse.Listen, Records.Start, "::1"));
        await recordings.Log("other", new RecordingAccess("z", "101", "102", RecordingUse.Listen, Records.Start, "::1"));
        var deleted = new RecordingAccess("a", "101", "103", RecordingUse.Delete, Records.Start.AddMinutes(9), "192.0.2.1");
        await recordings.Delete("other", deleted with { At = Records.Start });
        Assert.NotNull(await recordings.Find("acme", "a"));
        await recordings.Delete("acme", deleted);
        Assert.Null(await recordings.Find("acme", "a"));
        Assert.Equal([deleted, new RecordingAccess("a", "101", "102", RecordingUse.Listen, Records.Start, "::1")], await recordings.ListAccess("acme", "a", null, 10));
        Assert.Single(await recordings.ListAccess("acme", null, Records.Start.AddMinutes(9), 10));
        await recordings.ForgetAccess(Records.Start.AddMinutes(5));
        Assert.Equal([deleted], await recordings.ListAccess("acme", null, null, 10));
    }

    private static RecordingView Recording(string id, string extension, string call, int minutes) => new(
        id, "acme", extension, call, CallDirection.Inbound, new Party("201", "Zoë"), "n1", RecordingFileKind.Opus, Records.Start.AddMinutes(minutes), Records.Start.AddMinutes(minutes + 1),
        TimeSpan.FromSeconds(58.5), 1234, "abcd", TimeSpan.FromMilliseconds(40), true);

    private static SubscriptionStore Subscriptions(OpenStore store, string node) =>
        new(store.Database, store.Writer, node, TimeProvider.System, NullLogger<SubscriptionStore>.Instance);

    private static StoredSubscription Subscription(string id, string flow) => new(
        id, "acme/101", "102", LampPackage.Dialog, flow, 1_700_000_000,
        new SubscriptionRecord("call@1", "<sip:102@a>;tag=1", "1", "\"Zoë\" <sip:101@a>;tag=2", "2", "sip:101@192.0.2.1", ["<sip:proxy;lr>"], false, "dialog;id=7", 3600, 17));

    [Fact]
    public async Task Devices_of_a_node_are_found_without_their_users()
    {
        await using var store = await OpenStore.Open(Connect());
        await Write("user/acme/101", Device("a", "node1"), Device("b", "node2"));
        await Write("user/acme/102");
        await Write("user/acme/103", Device("c", "node1"));
        await store.States.WriteStateAsync("call", GrainId.Parse("call/acme/1"), new GrainState<Sample>(new Sample()));
        var found = await new StoredBindings(store.Database).OfNode("node1");
        Assert.Equal(["a", "c"], found.Select(binding => binding.Id).Order());
        Assert.Equal(TimeSpan.FromMinutes(2), found[0].Granted);

        Task Write(string grain, params Binding[] bindings) => store.States.WriteStateAsync(
            "user", GrainId.Parse(grain), new GrainState<UserState>(new UserState { Bindings = [.. bindings] }));

        static Binding Device(string id, string node) => new(
            id, "sip:101@192.0.2.1", node, "udp|127.0.0.1:5060|127.0.0.1:5062", [], "call", 1, TimeSpan.FromMinutes(2), DateTimeOffset.UnixEpoch, "");
    }

    [Fact]
    public async Task State_that_was_never_written_does_not_exist()
    {
        await using var store = await OpenStore.Open(Connect());
        var read = new GrainState<Sample>(new Sample { Text = "old" }, "etag") { RecordExists = true };
        await store.States.ReadStateAsync("s", Grain, read);
        Assert.Equal(("", null, false), (read.State!.Text, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task A_write_with_an_old_etag_is_refused_and_changes_nothing()
    {
        await using var store = await OpenStore.Open(Connect());
        var first = new GrainState<Sample>(new Sample { Text = "first" });
        await store.States.WriteStateAsync("s", Grain, first);
        var stale = new GrainState<Sample>(new Sample { Text = "stale" }, first.ETag);
        first.State = new Sample { Text = "second" };
        await store.States.WriteStateAsync("s", Grain, first);
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.States.WriteStateAsync("s", Grain, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.States.WriteStateAsync("s", Grain, new GrainState<Sample>(new Sample())));
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.States.ClearStateAsync("s", Grain, stale));
        var read = new GrainState<Sample>();
        await store.States.ReadStateAsync("s", Grain, read);
        Assert.Equal("second", read.State!.Text);
    }

    [Fact]
    public async Task An_etag_from_before_a_clear_never_fits_again()
    {
        await using var store = await OpenStore.Open(Connect());
        var state = new GrainState<Sample>(new Sample { Text = "first" });
        await store.States.WriteStateAsync("s", Grain, state);
        var before = state.ETag;
        await store.States.ClearStateAsync("s", Grain, state);
        Assert.Equal((null, false), (state.ETag, state.RecordExists));
        await store.States.WriteStateAsync("s", Grain, state);
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => store.States.WriteStateAsync("s", Grain, new GrainState<Sample>(new Sample(), before)));
    }

    [Fact]
    public async Task State_of_a_newer_schema_is_refused_on_reading()
    {
        await using var store = await OpenStore.Open(Connect());
        await store.States.WriteStateAsync("s", Grain, new GrainState<NewerSample>(new NewerSample()));
        await Assert.ThrowsAsync<InvalidDataException>(() => store.States.ReadStateAsync("s", Grain, new GrainState<Sample>()));
    }

    [Fact]
    public async Task Writes_at_the_same_time_share_transactions_and_all_arrive()
    {
        const int Grains = 2_000;
        await using var store = await OpenStore.Open(Connect());
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Grains).Select(
            i => store.States.WriteStateAsync("s", GrainId.Parse($"user/acme/{i}"), new GrainState<Sample>(new Sample { Text = $"{i}" }))));
        var rate = Grains / Stopwatch.GetElapsedTime(started).TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine($"{rate:F0} state writes/s");
        await using var connection = await store.Database.OpenRead();
        Assert.Equal(Grains, await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM grain_state"));
    }

    [Fact]
    public async Task A_write_that_the_store_refuses_fails_alone()
    {
        await using var store = await OpenStore.Open(Connect());
        var bad = new SqlStatement("INSERT INTO node (name, alive_us) VALUES ($1, $2)", "n", null);
        var good = new SqlStatement("INSERT INTO node (name, alive_us) VALUES ($1, $2)", "m", 5L);
        var refused = store.Writer.Execute(good with { Arguments = ["rolled back", 1L] }, bad);
        var taken = store.Writer.Execute(good);
        await Assert.ThrowsAnyAsync<Exception>(() => refused);
        Assert.Equal(1, Assert.Single(await taken));
        await using var connection = await store.Database.OpenRead();
        Assert.Equal(["m"], await connection.QueryAsync<string>("SELECT name FROM node"));
    }

    [Fact]
    public async Task A_reminder_is_kept_found_and_removed()
    {
        await using var store = await OpenStore.Open(Connect());
        var start = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        var entry = new ReminderEntry { GrainId = Grain, ReminderName = "wake", StartAt = start, Period = TimeSpan.FromMinutes(5) };
        var first = await store.Reminders.UpsertRow(entry);
        var second = await store.Reminders.UpsertRow(entry);
        var found = Assert.Single((await store.Reminders.ReadRows(0, 0)).Reminders);
        Assert.Equal((Grain, "wake", start, TimeSpan.FromMinutes(5), second), (found.GrainId, found.ReminderName, found.StartAt, found.Period, found.ETag));
        Assert.Single((await store.Reminders.ReadRows(Grain)).Reminders);
        Assert.False(await store.Reminders.RemoveRow(Grain, "wake", first!));
        Assert.True(await store.Reminders.RemoveRow(Grain, "wake", second!));
        Assert.Null(await store.Reminders.ReadRow(Grain, "wake"));
    }

    [Fact]
    public async Task A_call_is_known_before_it_is_written()
    {
        await using var store = await OpenStore.Open(Connect());
        var record = Records.Of("a");
        store.Journal.Append(record);
        Assert.Same(record, await store.Journal.Read(record.CallKey));
        Assert.Same(record, Assert.Single(store.Journal.Live(Records.Tenant, 10)));
        var entry = Assert.Single(await store.History.List(Records.Tenant, "102", null, 10));
        Assert.Null(entry.EndedAt);
        store.Journal.Append(Records.Of("a", ended: Records.Start.AddSeconds(5)));
        Assert.Null(await store.Journal.Read(record.CallKey));
        Assert.Empty(store.Journal.Live(Records.Tenant, 10));
        Assert.Equal(Records.Start.AddSeconds(5), Assert.Single(await store.History.List(Records.Tenant, "102", null, 10)).EndedAt);
    }

    [Fact]
    public async Task An_ended_call_leaves_its_history_and_nothing_else()
    {
        var ended = Records.Of("a", answered: Records.Start.AddSeconds(2), ended: Records.Start.AddSeconds(9), dialled: "1\u00002\ud800");
        await using (var store = await OpenStore.Open(Connect()))
        {
            store.Journal.Append(Records.Of("a"));
            store.Journal.Append(ended);
        }

        await using var again = await OpenStore.Open(Connect());
        Assert.Null(await again.Journal.Read(ended.CallKey));
        var caller = Assert.Single(await again.History.List(Records.Tenant, "101", null, 10));
        Assert.Equal(ended.History[0] with { Peer = new Party("1\ufffd2\ufffd", "Ben") }, caller);
        Assert.Equal(ended.History[1], Assert.Single(await again.History.List(Records.Tenant, "102", null, 10)));
        Assert.Empty(await again.History.List("other", null, null, 10));
    }

    [Fact]
    public async Task A_call_that_is_on_comes_back_whole()
    {
        var record = Records.Of("a", answered: Records.Start.AddSeconds(1));
        await using (var store = await OpenStore.Open(Connect())) store.Journal.Append(record);
        await using var again = await OpenStore.Open(Connect());
        var read = await again.Journal.Read(record.CallKey);
        Assert.Equal(record.State.CallerLeg, read!.State.CallerLeg);
        Assert.Equal(record.State.CallerCodecs, read.State.CallerCodecs);
        Assert.Equal(record.State.Stage, read.State.Stage);
        Assert.Equal(record.History, read.History);
    }

    [Fact]
    public async Task History_is_newest_first_and_pages_back()
    {
        await using var store = await OpenStore.Open(Connect());
        for (var i = 0; i < 6; i++) store.Journal.Append(Records.Of($"{i}", Records.Start.AddMinutes(i), ended: Records.Start.AddMinutes(i + 1)));
        var first = await store.History.List(Records.Tenant, "101", null, 4);
        Assert.Equal([5, 4, 3, 2], first.Select(entry => (entry.StartedAt - Records.Start).Minutes));
        var rest = await store.History.List(Records.Tenant, "101", first[^1].StartedAt, 4);
        Assert.Equal([1, 0], rest.Select(entry => (entry.StartedAt - Records.Start).Minutes));
        Assert.Equal(12, (await store.History.List(Records.Tenant, null, null, 50)).Length);
    }

    [Fact]
    public async Task Calls_of_a_node_that_died_are_closed_as_interrupted_when_it_last_lived()
    {
        var record = Records.Of("a", DateTimeOffset.UtcNow.AddSeconds(-30), DateTimeOffset.UtcNow.AddSeconds(-20));
        var before = DateTimeOffset.UtcNow;
        await using (var store = await OpenStore.Open(Connect())) store.Journal.Append(record);
        var after = DateTimeOffset.UtcNow;
        await using var again = await OpenStore.Open(Connect());
        Assert.Equal(1, await again.Recovery.CloseInterrupted());
        Assert.Null(await again.Journal.Read(record.CallKey));
        foreach (var extension in new[] { "101", "102" })
        {
            var entry = Assert.Single(await again.History.List(Records.Tenant, extension, null, 10));
            Assert.Equal(CallEnd.Interrupted, entry.End);
            Assert.InRange(entry.EndedAt!.Value, before.AddMilliseconds(-1), after);
        }

        Assert.Equal(0, await again.Recovery.CloseInterrupted());
    }

    [Fact]
    public async Task What_an_activation_writes_that_was_replaced_meanwhile_is_not_taken()
    {
        var older = Records.Of("a", answered: Records.Start.AddSeconds(1));
        var newer = older with { State = older.State with { Epoch = 1, Dialled = "newer" } };
        await Append(newer);
        await Append(older);
        var olderEnd = Records.Of("a", answered: Records.Start.AddSeconds(1), ended: Records.Start.AddSeconds(5));
        await Append(olderEnd);
        await using (var store = await OpenStore.Open(Connect()))
        {
            Assert.Equal("newer", (await store.Journal.Read(newer.CallKey))!.State.Dialled);
            Assert.Empty(await store.History.List(Records.Tenant, null, null, 10));
        }

        await Append(olderEnd with { State = olderEnd.State with { Epoch = 1 } });
        await using var again = await OpenStore.Open(Connect());
        Assert.Null(await again.Journal.Read(newer.CallKey));
        Assert.Equal(2, (await again.History.List(Records.Tenant, null, null, 10)).Length);
    }

    [Fact]
    public async Task A_call_that_is_in_the_history_does_not_come_back_and_is_closed_once()
    {
        var ended = Records.Of("a", answered: Records.Start.AddSeconds(1), ended: Records.Start.AddSeconds(5));
        await Append(ended);
        await Append(Records.Of("a", answered: Records.Start.AddSeconds(1)));
        await Append(Records.Of("a", answered: Records.Start.AddSeconds(1), ended: Records.Start.AddSeconds(60)));
        await using var store = await OpenStore.Open(Connect());
        Assert.Null(await store.Journal.Read(ended.CallKey));
        Assert.All(await store.History.List(Records.Tenant, null, null, 10), entry => Assert.Equal(Records.Start.AddSeconds(5), entry.EndedAt));
    }

    /// <summary>As a node of its own that writes this and ends.</summary>
    private async Task Append(CallRecord record)
    {
        await using var store = await OpenStore.Open(Connect());
        store.Journal.Append(record);
    }

    [Fact]
    public async Task Migration_may_run_twice_and_at_the_same_time()
    {
        var databases = Enumerable.Range(0, 4).Select(_ => Connect()).ToList();
        await Task.WhenAll(databases.Select(database => Task.Run(() => SchemaMigrator.Migrate(database))));
        await SchemaMigrator.Migrate(databases[0]);
        foreach (var database in databases) await database.DisposeAsync();
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused()
    {
        await using var database = Connect();
        await SchemaMigrator.Migrate(database);
        await database.Exclusively((connection, transaction) => connection.ExecuteAsync("INSERT INTO schema_version (version) VALUES (999)", transaction: transaction));
        await Assert.ThrowsAsync<NewerSchemaException>(() => SchemaMigrator.Migrate(database));
    }

    [Fact]
    public async Task A_second_writer_as_the_same_node_is_refused()
    {
        await using var store = await OpenStore.Open(Connect());
        await using var other = Connect();
        Assert.Throws<StoreInUseException>(other.OpenWriter);
    }
}

public sealed class SqliteStoreTests : StoreContract
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"webphone-store-{Guid.NewGuid():N}");

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private protected override IDatabase Connect() => new SqliteDatabase(_folder);
}

public sealed class PostgresStoreTests(PostgresDatabases databases) : StoreContract
{
    private string _connection = "";

    public override async ValueTask InitializeAsync() => _connection = await databases.NewDatabase();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private protected override IDatabase Connect() => new PostgresDatabase(_connection, "node1");

    [Fact]
    public async Task Calls_of_a_node_that_died_are_other_nodes_orphans_and_so_are_those_of_this_nodes_earlier_self()
    {
        var record = Records.Of("a", answered: Records.Start.AddSeconds(1));
        await using (var store = await OpenStore.Open(Connect())) store.Journal.Append(record);
        await using var other = await OpenStore.Open(new PostgresDatabase(_connection, "node2"), "node2");
        Assert.Empty(await other.Journal.Orphans(10));
        Assert.Equal([record.CallKey], await other.Journal.OfNode("node1", 10));
        Assert.Empty(await other.Journal.OfNode("node2", 10));
        await using (var again = await OpenStore.Open(Connect())) Assert.Equal([record.CallKey], await again.Journal.Orphans(10));
        await SetAlive("node1", 0);
        Assert.Equal([record.CallKey], await other.Journal.Orphans(10));
        Assert.Equal(record.History, (await other.Journal.Read(record.CallKey))!.History);
    }

    [Fact]
    public async Task A_node_that_starts_beside_one_that_lives_leaves_the_calls_of_its_earlier_self_to_their_grains()
    {
        await using (var store = await OpenStore.Open(Connect())) store.Journal.Append(Records.Of("a"));
        await using (var store = await OpenStore.Open(new PostgresDatabase(_connection, "node2"), "node2")) store.Journal.Append(Records.Of("b"));
        await using var again = await OpenStore.Open(Connect());
        Assert.Equal(0, await again.Recovery.CloseInterrupted());
        await SetAlive("node2", 0);
        Assert.Equal(2, await again.Recovery.CloseInterrupted());
    }

    [Fact]
    public async Task A_call_that_leaves_a_node_is_in_the_store_and_no_longer_that_nodes()
    {
        var record = Records.Of("a", answered: Records.Start.AddSeconds(1));
        await using var store = await OpenStore.Open(Connect());
        store.Journal.Append(record);
        await store.Journal.Leave(record.CallKey, CancellationToken.None);
        Assert.Empty(store.Journal.Live(Records.Tenant, 10));
        await using var other = await OpenStore.Open(new PostgresDatabase(_connection, "node2"), "node2");
        Assert.NotNull(await other.Journal.Read(record.CallKey));
    }

    private async Task SetAlive(string node, long at)
    {
        await using var database = new PostgresDatabase(_connection, "test");
        await database.Exclusively((connection, transaction) => connection.ExecuteAsync("UPDATE node SET alive_us = @at WHERE name = @node", new { node, at }, transaction));
    }
}
