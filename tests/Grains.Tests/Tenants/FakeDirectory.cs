using System.Collections.Immutable;
using Webphone.Grains.Tenants;

namespace Webphone.Grains.Tests.Tenants;

/// <summary>One tenant, "acme", with the users it is made with.</summary>
internal sealed class FakeDirectory(params IEnumerable<string> extensions) : IDirectory
{
    public const string Tenant = "acme";

    private readonly Dictionary<string, UserRecord> _users = extensions.ToDictionary(extension => extension, extension => new UserRecord(Tenant, extension, $"User {extension}", []));

    public TimeSpan RingTime { get; set; } = TimeSpan.FromSeconds(30);

    public RecordingPolicy Recording { get; set; } = RecordingPolicy.Default;

    public ImmutableArray<TenantRecord> Tenants => [new(Tenant, "acme.example", ["SHA-256"], null, RingTime, TenantFeatures.Default with { PickupGroups = [[.. _users.Keys]] }) { Recording = Recording }];

    public void Change(string extension, Func<UserRecord, UserRecord> change) => _users[extension] = change(_users[extension]);

    public TenantRecord? FindTenant(string name) => name == Tenant ? Tenants[0] : null;

    public TenantRecord? FindTenantByHost(string host) => host == "acme.example" ? Tenants[0] : null;

    public UserRecord? FindUser(string tenant, string extension) => tenant == Tenant ? _users.GetValueOrDefault(extension) : null;

    public ImmutableArray<UserRecord> ListUsers(string tenant, int skip, int count) =>
        tenant == Tenant ? [.. _users.Values.OrderBy(user => user.Extension, StringComparer.Ordinal).Skip(skip).Take(count)] : [];
}
