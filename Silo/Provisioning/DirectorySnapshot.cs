using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.Provisioning;

/// <summary>All tenants and users at one time; never changes. Users lie sorted in an array for each tenant, their hashes together in one.</summary>
internal sealed class DirectorySnapshot : IDirectory
{
    public static readonly DirectorySnapshot Empty = new([], FrozenSet<string>.Empty);
    private readonly FrozenDictionary<string, TenantUsers> _byName;
    private readonly FrozenDictionary<string, TenantUsers> _byDomain;
    private readonly FrozenSet<string> _ownHosts;
    private readonly FrozenDictionary<string, PhoneRecord> _phones;

    /// <param name="tenants">As provisioned.</param>
    /// <param name="ownHosts">Names of this machine, which mean the only tenant.</param>
    public DirectorySnapshot(ImmutableArray<ProvisionedTenant> tenants, FrozenSet<string> ownHosts)
    {
        var all = tenants.Select(tenant => new TenantUsers(tenant)).ToList();
        Tenants = [.. all.Select(tenant => tenant.Record)];
        _byName = all.ToFrozenDictionary(tenant => tenant.Record.Name);
        _byDomain = all.ToFrozenDictionary(tenant => tenant.Record.Domain, StringComparer.OrdinalIgnoreCase);
        _ownHosts = ownHosts;
        _phones = tenants
            .SelectMany(tenant => tenant.Users.SelectMany(user => user.Phones.Select(phone => new PhoneRecord(phone.Mac, tenant.Name, user.Extension, phone.Secret))))
            .ToFrozenDictionary(phone => phone.Mac);
    }

    public ImmutableArray<TenantRecord> Tenants { get; }

    public TenantRecord? FindTenant(string name) => _byName.GetValueOrDefault(name)?.Record;

    public TenantRecord? FindTenantByHost(string host)
    {
        if (_byDomain.TryGetValue(host, out var tenant)) return tenant.Record;
        if (Tenants.Length != 1) return null;
        return _ownHosts.Contains(host) || IPAddress.TryParse(host, out _) ? Tenants[0] : null;
    }

    public UserRecord? FindUser(string tenant, string extension) => _byName.GetValueOrDefault(tenant)?.Find(extension);

    public ImmutableArray<UserRecord> ListUsers(string tenant, int skip, int count) =>
        _byName.GetValueOrDefault(tenant)?.List(skip, count) ?? [];

    public PhoneRecord? FindPhone(string mac) => _phones.GetValueOrDefault(mac);

    public ImmutableArray<PhoneRecord> ListPhones(string tenant) =>
        [.. _phones.Values.Where(phone => phone.Tenant == tenant).OrderBy(phone => phone.Extension, ExtensionOrder.Instance).ThenBy(phone => phone.Mac, StringComparer.Ordinal)];

    private sealed class TenantUsers
    {
        private readonly UserRecord[] _users;

        public TenantUsers(ProvisionedTenant tenant)
        {
            Record = new TenantRecord(tenant.Name, tenant.Domain, tenant.DigestAlgorithms, tenant.HoldMusicFile, tenant.RingTime, tenant.Features) { Phones = tenant.Phones, SignOutAfter = tenant.SignOutAfter, Recording = tenant.Recording, Trunks = tenant.Trunks };
            var size = tenant.DigestAlgorithms.Sum(DigestHashing.SizeOf);
            var hashes = new byte[size * tenant.Users.Length];
            _users = new UserRecord[tenant.Users.Length];
            var index = 0;
            foreach (var user in tenant.Users.OrderBy(user => user.Extension, ExtensionOrder.Instance))
            {
                var own = hashes.AsMemory(index * size, size);
                user.Hashes.CopyTo(own);
                _users[index++] = new UserRecord(tenant.Name, user.Extension, user.Name, Split(tenant.DigestAlgorithms, own), user.Password) { Keys = user.Keys, CallerIds = user.CallerIds, HasWebphone = user.HasWebphone, Recording = user.Recording, Rights = user.Rights };
            }
        }

        public TenantRecord Record { get; }

        public UserRecord? Find(string extension)
        {
            int low = 0, high = _users.Length - 1;
            while (low <= high)
            {
                var middle = (low + high) >>> 1;
                var order = ExtensionOrder.Instance.Compare(_users[middle].Extension, extension);
                if (order == 0) return _users[middle];
                if (order < 0) low = middle + 1;
                else high = middle - 1;
            }

            return null;
        }

        public ImmutableArray<UserRecord> List(int skip, int count)
        {
            var from = Math.Clamp(skip, 0, _users.Length);
            return [.. _users.AsSpan(from, Math.Clamp(count, 0, _users.Length - from))];
        }

        private static ImmutableArray<DigestHash> Split(ImmutableArray<string> algorithms, ReadOnlyMemory<byte> hashes)
        {
            var split = new DigestHash[algorithms.Length];
            for (var i = 0; i < split.Length; i++)
            {
                var size = DigestHashing.SizeOf(algorithms[i]);
                split[i] = new DigestHash(algorithms[i], hashes[..size]);
                hashes = hashes[size..];
            }

            return ImmutableCollectionsMarshal.AsImmutableArray(split);
        }
    }
}

/// <summary>Extensions as people count them: shorter first, then by digits.</summary>
internal sealed class ExtensionOrder : IComparer<string>
{
    public static readonly ExtensionOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        var byLength = (x?.Length ?? 0) - (y?.Length ?? 0);
        return byLength != 0 ? byLength : string.CompareOrdinal(x, y);
    }
}
