using System.Collections.Immutable;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.Provisioning;

/// <summary>The directory that the silo reads; its snapshot is replaced whole. Safe from any thread.</summary>
internal sealed class ProvisionedDirectory : IDirectory
{
    private volatile DirectorySnapshot _snapshot = DirectorySnapshot.Empty;

    /// <summary>All of it as it is now.</summary>
    public DirectorySnapshot Current => _snapshot;

    public ImmutableArray<TenantRecord> Tenants => _snapshot.Tenants;

    public TenantRecord? FindTenant(string name) => _snapshot.FindTenant(name);

    public TenantRecord? FindTenantByHost(string host) => _snapshot.FindTenantByHost(host);

    public UserRecord? FindUser(string tenant, string extension) => _snapshot.FindUser(tenant, extension);

    public ImmutableArray<UserRecord> ListUsers(string tenant, int skip, int count) => _snapshot.ListUsers(tenant, skip, count);

    public PhoneRecord? FindPhone(string mac) => _snapshot.FindPhone(mac);

    public ImmutableArray<PhoneRecord> ListPhones(string tenant) => _snapshot.ListPhones(tenant);

    public void Replace(DirectorySnapshot snapshot) => _snapshot = snapshot;
}
