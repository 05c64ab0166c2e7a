using System.Collections.Immutable;

namespace Webphone.Silo.Storage.Databases;

/// <summary>
/// The tables, in SQL that SQLite and PostgreSQL both read, but for what only a cluster needs. Times are microseconds since 1970 (UTC). A version that was released is
/// never edited: a change is a new version at the end.
/// </summary>
internal static class Schema
{
    private const string First = """
        CREATE TABLE grain_state (
            grain_id TEXT NOT NULL,
            state_name TEXT NOT NULL,
            schema_version BIGINT NOT NULL,
            etag TEXT NOT NULL,
            state TEXT NOT NULL,
            PRIMARY KEY (grain_id, state_name));

        CREATE TABLE reminder (
            grain_id TEXT NOT NULL,
            name TEXT NOT NULL,
            grain_hash BIGINT NOT NULL,
            start_us BIGINT NOT NULL,
            period_us BIGINT NOT NULL,
            etag TEXT NOT NULL,
            PRIMARY KEY (grain_id, name));

        CREATE TABLE live_call (
            call_key TEXT NOT NULL PRIMARY KEY,
            tenant TEXT NOT NULL,
            node TEXT NOT NULL,
            schema_version BIGINT NOT NULL,
            state TEXT NOT NULL,
            history TEXT NOT NULL);
        CREATE INDEX live_call_of_node ON live_call (node);

        CREATE TABLE call_history (
            call_key TEXT NOT NULL,
            extension TEXT NOT NULL,
            tenant TEXT NOT NULL,
            direction TEXT NOT NULL,
            peer_number TEXT NOT NULL,
            peer_name TEXT NOT NULL,
            line TEXT NOT NULL,
            started_us BIGINT NOT NULL,
            answered_us BIGINT,
            ended_us BIGINT,
            end_reason TEXT NOT NULL,
            PRIMARY KEY (call_key, extension));
        CREATE INDEX call_history_of_user ON call_history (tenant, extension, started_us);
        CREATE INDEX call_history_of_tenant ON call_history (tenant, started_us);

        CREATE TABLE node (
            name TEXT NOT NULL PRIMARY KEY,
            alive_us BIGINT NOT NULL);

        CREATE TABLE directory_tenant (
            name TEXT NOT NULL PRIMARY KEY,
            definition TEXT NOT NULL);

        CREATE TABLE directory_user (
            tenant TEXT NOT NULL,
            extension TEXT NOT NULL,
            name TEXT NOT NULL,
            hashes TEXT NOT NULL,
            PRIMARY KEY (tenant, extension));
        """;

    private const string Nothing = "SELECT 1";

    /// <summary>What an activation writes that was replaced by another is told from what the newer one writes.</summary>
    private const string CallEpoch = "ALTER TABLE live_call ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0";

    private const string Subscriptions = """
        CREATE TABLE subscription (
            id TEXT NOT NULL PRIMARY KEY,
            node TEXT NOT NULL,
            schema_version BIGINT NOT NULL,
            state TEXT NOT NULL);
        CREATE INDEX subscription_of_node ON subscription (node);
        """;

    private const string Recordings = """
        CREATE TABLE recording (
            id TEXT NOT NULL PRIMARY KEY,
            tenant TEXT NOT NULL,
            extension TEXT NOT NULL,
            call_key TEXT NOT NULL,
            direction TEXT NOT NULL,
            peer_number TEXT NOT NULL,
            peer_name TEXT NOT NULL,
            node TEXT NOT NULL,
            kind TEXT NOT NULL,
            started_us BIGINT NOT NULL,
            ended_us BIGINT,
            duration_us BIGINT NOT NULL,
            size BIGINT NOT NULL,
            sha256 TEXT NOT NULL,
            missing_us BIGINT NOT NULL,
            interrupted BIGINT NOT NULL);
        CREATE INDEX recording_of_user ON recording (tenant, extension, started_us);
        CREATE INDEX recording_of_tenant ON recording (tenant, started_us);
        CREATE INDEX recording_of_call ON recording (call_key);

        CREATE TABLE recording_access (
            tenant TEXT NOT NULL,
            recording_id TEXT NOT NULL,
            owner TEXT NOT NULL,
            used_by TEXT NOT NULL,
            used_as TEXT NOT NULL,
            at_us BIGINT NOT NULL,
            address TEXT NOT NULL);
        CREATE INDEX recording_access_of_tenant ON recording_access (tenant, at_us);
        CREATE INDEX recording_access_of_recording ON recording_access (recording_id);
        """;

    private static readonly ImmutableArray<SchemaVersion> Versions =
        [new(First, First), new(Nothing, OrleansTables.Create), new(CallEpoch, CallEpoch), new(Subscriptions, Subscriptions), new(Recordings, Recordings)];

    /// <param name="isShared">For PostgreSQL, which several nodes may share; else for SQLite.</param>
    public static ImmutableArray<string> VersionsOf(bool isShared) => [.. Versions.Select(version => isShared ? version.Postgres : version.Sqlite)];

    private sealed record SchemaVersion(string Sqlite, string Postgres);
}
