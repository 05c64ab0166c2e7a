using System.Collections.Immutable;
using Webphone.Grains.Tenants;
using Webphone.Sip.Authentication;

namespace Webphone.Silo.Tests.SipEdge;

/// <summary>Two tenants: "acme" with 101 to 110, and "other" with 101; a secret is the tenant, a dash and the extension.</summary>
internal sealed class TestDirectory : IDirectory
{
    public const string Domain = "acme.example";

    private readonly Dictionary<(string, string), UserRecord> _users = [];

    public TestDirectory()
    {
        Tenants =
        [
            new("acme", Domain, ["SHA-256", "MD5"], null, TimeSpan.FromSeconds(30), TenantFeatures.Default with { PickupGroups = [["102", "103"]] }),
            new("other", "other.example", ["MD5"], null, TimeSpan.FromSeconds(30)),
        ];
        for (var extension = 101; extension <= 110; extension++)
            Add(Tenants[0], $"{extension}");
        Add(Tenants[1], "101");
    }

    public ImmutableArray<TenantRecord> Tenants { get; private set; }

    /// <summary>Gives "acme" a trunk, before or while the server runs.</summary>
    public void AddTrunk(TrunkRecord trunk) => Tenants = Tenants.SetItem(0, Tenants[0] with { Trunks = Tenants[0].Trunks.Add(trunk) });

    public static string Secret(string tenant, string extension) => $"{tenant}-{extension}";

    public TenantRecord? FindTenant(string name) => Tenants.FirstOrDefault(tenant => tenant.Name == name);

    public TenantRecord? FindTenantByHost(string host) => Tenants.FirstOrDefault(tenant => tenant.Domain.Equals(host, StringComparison.OrdinalIgnoreCase));

    public UserRecord? FindUser(string tenant, string extension) => _users.GetValueOrDefault((tenant, extension));

    public ImmutableArray<UserRecord> ListUsers(string tenant, int skip, int count) => [.. _users.Values.Where(user => user.Tenant == tenant).Skip(skip).Take(count)];

    private void Add(TenantRecord tenant, string extension)
    {
        var hashes = tenant.DigestAlgorithms.Select(token =>
            new DigestHash(token, DigestAlgorithms.Parse(System.Text.Encoding.ASCII.GetBytes(token)).Ha1(extension, tenant.Domain, Secret(tenant.Name, extension))));
        _users[(tenant.Name, extension)] = new UserRecord(tenant.Name, extension, $"User {extension}", [.. hashes]);
    }
}
