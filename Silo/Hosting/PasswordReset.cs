using System.Data.Common;
using Dapper;
using Webphone.Grains.Accounts;
using Webphone.Grains.Installation;
using Webphone.Silo.Settings;
using Webphone.Silo.Storage.Databases;
using Webphone.Silo.Storage.GrainState;

namespace Webphone.Silo.Hosting;

/// <summary>Prints a link by which a user sets a new password. It reads the store and changes nothing, so it works beside a server that runs.</summary>
internal static class PasswordReset
{
    private const string SelectState = "SELECT schema_version AS SchemaVersion, state AS State FROM grain_state WHERE grain_id = @id AND state_name = @name";

    private const string SelectTenant =
        "SELECT t.name AS Name, t.definition AS Definition FROM directory_tenant t JOIN directory_user u ON u.tenant = t.name WHERE u.extension = @extension";

    public static async Task Run(WebphoneOptions options, string user, TextWriter output)
    {
        await using var database = StoreServices.OpenDatabase(options);
        try
        {
            await using var connection = await database.OpenRead();
            var userKey = await FindUser(connection, user) ?? throw new StartRefusedException($"--reset-password: there is no user {user}.", StartExitCode.BadSettings);
            var secrets = await Read<InstallationState>(connection, "installation/0", "secrets")
                ?? throw new StartRefusedException($"{database.Description}: start the server once before passwords are reset.", StartExitCode.Unavailable);
            var account = await Read<AccountState>(connection, $"account/{userKey}", "account");
            var token = RecoveryLinks.Make(
                secrets.RecoveryKey.AsSpan(), userKey, RecoveryLinks.MarkOf(account?.Password), TimeProvider.System.GetUtcNow() + RecoveryLinks.Duration);
            await output.WriteLineAsync($"{PageOf(options)}/webphone/recover#{token}");
            await output.WriteLineAsync($"For {user}: valid once, for {RecoveryLinks.Duration.TotalHours} hours. Put the address that users open in front of /webphone, if it is another.");
        }
        catch (Exception error) when (error is DbException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{database.Description}: {error.Message}", StartExitCode.Unavailable, error);
        }
    }

    /// <summary>The key of the user's grains; the first line of a tenant's definition is its domain.</summary>
    private static async Task<string?> FindUser(DbConnection connection, string user)
    {
        var at = user.LastIndexOf('@');
        if (at <= 0) return null;
        var (extension, domain) = (user[..at], user[(at + 1)..]);
        var tenants = await connection.QueryAsync<(string Name, string Definition)>(SelectTenant, new { extension });
        var tenant = tenants.FirstOrDefault(tenant => tenant.Definition.Split('\n')[0].Equals(domain, StringComparison.OrdinalIgnoreCase)).Name;
        return tenant is null ? null : $"{tenant}/{extension}";
    }

    private static async Task<T?> Read<T>(DbConnection connection, string id, string name)
        where T : class
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(SelectState, new { id, name });
        return row is null ? null : StateJson.Read<T>(row.State, row.SchemaVersion, $"{name} of {id}");
    }

    private static string PageOf(WebphoneOptions options)
    {
        var address = options.AdvertisedAddress ?? options.Bind[0];
        return new UriBuilder(Uri.UriSchemeHttp, address.ToString(), options.WebPort).Uri.GetLeftPart(UriPartial.Authority);
    }

    private sealed record Row(long SchemaVersion, string State);
}
