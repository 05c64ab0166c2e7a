using System.Collections.Immutable;
using System.Globalization;
using Dapper;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Provisioning;

/// <summary>
/// The directory as the store keeps it: users with their digest hashes, never a secret. Only what differs from the file is written,
/// and users who left it are told of, since their registrations must go too.
/// </summary>
internal sealed class DirectoryStore(IDatabase database, GroupCommitWriter writer)
{
    private const string UpsertTenant =
        "INSERT INTO directory_tenant (name, definition) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET definition = excluded.definition";

    private const string UpsertUser = """
        INSERT INTO directory_user (tenant, extension, name, hashes) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, extension) DO UPDATE SET name = excluded.name, hashes = excluded.hashes
        """;

    private const string DeleteTenant = "DELETE FROM directory_tenant WHERE name = $1";
    private const string DeleteUser = "DELETE FROM directory_user WHERE tenant = $1 AND extension = $2";

    /// <summary>Makes the store hold these tenants, in one transaction.</summary>
    public async Task<DirectoryChange> Apply(ImmutableArray<ProvisionedTenant> tenants)
    {
        var (storedTenants, storedUsers) = await Read();
        var statements = new List<SqlStatement>();
        var wanted = new HashSet<UserKey>();
        foreach (var tenant in tenants)
        {
            var definition = Define(tenant);
            if (!storedTenants.Remove(tenant.Name, out var stored) || stored != definition) statements.Add(new SqlStatement(UpsertTenant, tenant.Name, definition));
            AddChangedUsers(tenant, storedUsers, wanted, statements);
        }

        var written = statements.Count;
        statements.AddRange(storedTenants.Keys.Select(name => new SqlStatement(DeleteTenant, name)));
        var removed = storedUsers.Keys.Where(key => !wanted.Contains(key)).ToList();
        statements.AddRange(removed.Select(key => new SqlStatement(DeleteUser, key.Tenant, key.Extension)));
        if (statements.Count > 0) await writer.Execute([.. statements]);
        return new DirectoryChange(written, removed);
    }

    private static void AddChangedUsers(
        ProvisionedTenant tenant, Dictionary<UserKey, (string Name, string Hashes)> stored, HashSet<UserKey> wanted, List<SqlStatement> statements)
    {
        foreach (var user in tenant.Users)
        {
            var key = new UserKey(tenant.Name, user.Extension);
            var hashes = Convert.ToHexString(user.Hashes.Span);
            wanted.Add(key);
            if (stored.TryGetValue(key, out var known) && known == (user.Name, hashes)) continue;
            statements.Add(new SqlStatement(UpsertUser, key.Tenant, key.Extension, user.Name, hashes));
        }
    }

    private static string Define(ProvisionedTenant tenant) => string.Join(
        '\n', tenant.Domain, string.Join(',', tenant.DigestAlgorithms), tenant.HoldMusicFile, tenant.RingTime.TotalSeconds.ToString(CultureInfo.InvariantCulture));

    private async Task<(Dictionary<string, string> Tenants, Dictionary<UserKey, (string Name, string Hashes)> Users)> Read()
    {
        await using var connection = await database.OpenRead();
        var tenants = await connection.QueryAsync<(string Name, string Definition)>("SELECT name, definition FROM directory_tenant");
        var users = await connection.QueryAsync<(string Tenant, string Extension, string Name, string Hashes)>(
            "SELECT tenant, extension, name, hashes FROM directory_user");
        return (
            tenants.ToDictionary(tenant => tenant.Name, tenant => tenant.Definition),
            users.ToDictionary(user => new UserKey(user.Tenant, user.Extension), user => (user.Name, user.Hashes)));
    }
}

/// <summary>What applying a file changed in the store.</summary>
internal sealed record DirectoryChange(int Written, IReadOnlyList<UserKey> Removed);

/// <summary>A user by tenant and extension; its text is the key of the user's grain.</summary>
internal readonly record struct UserKey(string Tenant, string Extension)
{
    public override string ToString() => $"{Tenant}/{Extension}";
}
