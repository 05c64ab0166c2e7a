namespace Webphone.Silo.Storage.Databases;

/// <summary>
/// What the ADO.NET providers of Microsoft Orleans ask of a PostgreSQL database: they read the text of each of their statements from the
/// table OrleansQuery, by a key, and run it with parameters of fixed names. The tables behind are ours to lay out.
/// </summary>
/// <remarks>
/// Membership is one compare-and-swap register: every change of a silo's row raises the version of its cluster's row and fails when that
/// is not what the writer has read. The update of the cluster's row comes first in each statement, so concurrent writers queue at its lock and
/// all but one find another version.
/// </remarks>
internal static class OrleansTables
{
    public const string Create = """
        CREATE TABLE OrleansQuery (
            QueryKey TEXT NOT NULL PRIMARY KEY,
            QueryText TEXT NOT NULL);

        CREATE TABLE orleans_cluster (
            cluster TEXT NOT NULL PRIMARY KEY,
            version INTEGER NOT NULL,
            changed TIMESTAMPTZ NOT NULL);

        CREATE TABLE orleans_silo (
            cluster TEXT NOT NULL REFERENCES orleans_cluster (cluster),
            address TEXT NOT NULL,
            port INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            name TEXT NOT NULL,
            host TEXT NOT NULL,
            status INTEGER NOT NULL,
            gateway_port INTEGER NOT NULL,
            suspected TEXT,
            started TIMESTAMPTZ NOT NULL,
            alive TIMESTAMPTZ NOT NULL,
            PRIMARY KEY (cluster, address, port, generation));

        CREATE TABLE orleans_reminder (
            service TEXT NOT NULL,
            grain_id TEXT NOT NULL,
            name TEXT NOT NULL,
            grain_hash INTEGER NOT NULL,
            start_at TIMESTAMPTZ NOT NULL,
            period_ms BIGINT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (service, grain_id, name));
        CREATE INDEX orleans_reminder_of_range ON orleans_reminder (service, grain_hash);

        INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
        ('InsertMembershipVersionKey', '
            WITH added AS (
                INSERT INTO orleans_cluster (cluster, version, changed) VALUES (@DeploymentId, 0, now())
                ON CONFLICT (cluster) DO NOTHING RETURNING 1)
            SELECT COUNT(*)::integer FROM added'),
        ('InsertMembershipKey', '
            WITH raised AS (
                UPDATE orleans_cluster SET version = version + 1, changed = now()
                WHERE cluster = @DeploymentId AND version = @Version AND NOT EXISTS (
                    SELECT 1 FROM orleans_silo
                    WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
                RETURNING cluster),
            added AS (
                INSERT INTO orleans_silo (cluster, address, port, generation, name, host, status, gateway_port, started, alive)
                SELECT cluster, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM raised
                RETURNING 1)
            SELECT COUNT(*)::integer FROM added'),
        ('UpdateMembershipKey', '
            WITH raised AS (
                UPDATE orleans_cluster SET version = version + 1, changed = now()
                WHERE cluster = @DeploymentId AND version = @Version AND EXISTS (
                    SELECT 1 FROM orleans_silo
                    WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
                RETURNING cluster),
            changed AS (
                UPDATE orleans_silo AS silo SET status = @Status, suspected = @SuspectTimes::text, alive = @IAmAliveTime FROM raised
                WHERE silo.cluster = raised.cluster AND silo.address = @Address AND silo.port = @Port AND silo.generation = @Generation
                RETURNING 1)
            SELECT COUNT(*)::integer FROM changed'),
        ('UpdateIAmAlivetimeKey', '
            UPDATE orleans_silo SET alive = @IAmAliveTime
            WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'),
        ('MembershipReadRowKey', '
            SELECT silo.address AS Address, silo.port AS Port, silo.generation AS Generation, silo.name AS SiloName, silo.host AS HostName,
                silo.status AS Status, silo.gateway_port AS ProxyPort, silo.suspected AS SuspectTimes, silo.started AS StartTime,
                silo.alive AS IAmAliveTime, cluster.version AS Version
            FROM orleans_cluster AS cluster
            LEFT JOIN orleans_silo AS silo
                ON silo.cluster = cluster.cluster AND silo.address = @Address AND silo.port = @Port AND silo.generation = @Generation
            WHERE cluster.cluster = @DeploymentId'),
        ('MembershipReadAllKey', '
            SELECT silo.address AS Address, silo.port AS Port, silo.generation AS Generation, silo.name AS SiloName, silo.host AS HostName,
                silo.status AS Status, silo.gateway_port AS ProxyPort, silo.suspected AS SuspectTimes, silo.started AS StartTime,
                silo.alive AS IAmAliveTime, cluster.version AS Version
            FROM orleans_cluster AS cluster
            LEFT JOIN orleans_silo AS silo ON silo.cluster = cluster.cluster
            WHERE cluster.cluster = @DeploymentId'),
        ('GatewaysQueryKey', '
            SELECT address AS Address, gateway_port AS ProxyPort, generation AS Generation
            FROM orleans_silo WHERE cluster = @DeploymentId AND status = @Status AND gateway_port > 0'),
        ('DeleteMembershipTableEntriesKey', '
            DELETE FROM orleans_silo WHERE cluster = @DeploymentId;
            DELETE FROM orleans_cluster WHERE cluster = @DeploymentId'),
        ('CleanupDefunctSiloEntriesKey', '
            DELETE FROM orleans_silo WHERE cluster = @DeploymentId AND alive < @IAmAliveTime AND status <> 3'),
        ('ReadReminderRowsKey', '
            SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period_ms AS Period, version AS Version
            FROM orleans_reminder WHERE service = @ServiceId AND grain_id = @GrainId'),
        ('ReadReminderRowKey', '
            SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period_ms AS Period, version AS Version
            FROM orleans_reminder WHERE service = @ServiceId AND grain_id = @GrainId AND name = @ReminderName'),
        ('ReadRangeRows1Key', '
            SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period_ms AS Period, version AS Version
            FROM orleans_reminder WHERE service = @ServiceId AND grain_hash > @BeginHash AND grain_hash <= @EndHash'),
        ('ReadRangeRows2Key', '
            SELECT grain_id AS GrainId, name AS ReminderName, start_at AS StartTime, period_ms AS Period, version AS Version
            FROM orleans_reminder WHERE service = @ServiceId AND (grain_hash > @BeginHash OR grain_hash <= @EndHash)'),
        ('UpsertReminderRowKey', '
            INSERT INTO orleans_reminder AS known (service, grain_id, name, grain_hash, start_at, period_ms, version)
            VALUES (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period, 0)
            ON CONFLICT (service, grain_id, name) DO UPDATE SET grain_hash = excluded.grain_hash, start_at = excluded.start_at,
                period_ms = excluded.period_ms, version = known.version + 1
            RETURNING version AS Version'),
        ('DeleteReminderRowKey', '
            WITH gone AS (
                DELETE FROM orleans_reminder
                WHERE service = @ServiceId AND grain_id = @GrainId AND name = @ReminderName AND version = @Version RETURNING 1)
            SELECT COUNT(*)::integer FROM gone'),
        ('DeleteReminderRowsKey', '
            DELETE FROM orleans_reminder WHERE service = @ServiceId');
        """;
}
