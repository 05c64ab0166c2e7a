using System.Collections.Immutable;
using Webphone.Grains.Accounts;
using Webphone.Grains.Recordings;
using Webphone.Grains.Tenants;

namespace Webphone.WebFrontend.Tests.Harness;

/// <summary>Two tenants: "acme" with 101 to 110, and "other" with 101. The password is "pass-" and the extension; 110 has none. 101 has two more numbers to show, 108 may use all recordings, 109 may not call from the browser.</summary>
internal sealed class WebDirectory : IDirectory
{
    /// <summary>The desk phone of 101.</summary>
    public const string Phone = "001565000001";

    public const string PhoneSecret = "the-phones-password";

    private readonly Dictionary<(string, string), UserRecord> _users = [];

    public WebDirectory()
    {
        Tenants =
        [
            new("acme", "acme.example", ["MD5"], null, TimeSpan.FromSeconds(30)),
            new("other", "other.example", ["MD5"], null, TimeSpan.FromSeconds(30)),
        ];
        for (var extension = 101; extension <= 110; extension++)
            Add("acme", $"{extension}", extension == 110 ? null : $"pass-{extension}");
        Add("other", "101", "pass-101");
    }

    public ImmutableArray<TenantRecord> Tenants { get; }

    /// <summary>As the tenants have it from now on.</summary>
    public TimeSpan? SignOutAfter { get; set; }

    public TenantRecord? FindTenant(string name) => Tenants.FirstOrDefault(tenant => tenant.Name == name) is { } found ? found with { SignOutAfter = SignOutAfter } : null;

    public TenantRecord? FindTenantByHost(string host) => Tenants.FirstOrDefault(tenant => tenant.Domain.Equals(host, StringComparison.OrdinalIgnoreCase));

    public UserRecord? FindUser(string tenant, string extension) => _users.GetValueOrDefault((tenant, extension));

    public ImmutableArray<UserRecord> ListUsers(string tenant, int skip, int count) => [.. _users.Values.Where(user => user.Tenant == tenant).Skip(skip).Take(count)];

    public PhoneRecord? FindPhone(string mac) => mac == Phone ? new PhoneRecord(Phone, "acme", "101", PhoneSecret) : null;

    public ImmutableArray<PhoneRecord> ListPhones(string tenant) => tenant == "acme" ? [FindPhone(Phone)!] : [];

    private void Add(string tenant, string extension, string? password) => _users[(tenant, extension)] = new UserRecord(
        tenant, extension, $"User {extension}", [], password is null ? null : new ProvisionedPassword(Passwords.Key(password), null))
    {
        Rights = extension == "108" ? [RecordingRight.Name] : [],
        CallerIds = extension == "101" ? ["+493055501", "+493055502"] : [],
        HasWebphone = extension != "109",
    };
}
