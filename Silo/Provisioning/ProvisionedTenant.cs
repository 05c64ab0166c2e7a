using System.Collections.Immutable;
using Webphone.Grains.Accounts;
using Webphone.Grains.Phones;
using Webphone.Grains.Tenants;

namespace Webphone.Silo.Provisioning;

/// <summary>A tenant as its provisioning file says. Secrets were hashed as they were read.</summary>
internal sealed record ProvisionedTenant(
    string Name,
    string Domain,
    ImmutableArray<string> DigestAlgorithms,
    string? HoldMusicFile,
    TimeSpan RingTime,
    ImmutableArray<ProvisionedUser> Users,
    TenantFeatures? Features = null)
{
    public PhoneSettings Phones { get; init; } = PhoneSettings.Default;

    public TimeSpan? SignOutAfter { get; init; }

    public RecordingPolicy Recording { get; init; } = RecordingPolicy.Default;

    public ImmutableArray<TrunkRecord> Trunks { get; init; } = [];
}

/// <summary>A user with H(extension:domain:secret) for each algorithm of the tenant, in the tenant's order, one after the other.</summary>
internal sealed record ProvisionedUser(string Extension, string Name, ReadOnlyMemory<byte> Hashes, ProvisionedPassword? Password = null)
{
    public ImmutableArray<PhoneKey> Keys { get; init; } = [];

    /// <summary>Hardware addresses of the user's desk phones, with the password that they register with.</summary>
    public ImmutableArray<ProvisionedPhone> Phones { get; init; } = [];

    public ImmutableArray<string> CallerIds { get; init; } = [];

    public bool HasWebphone { get; init; } = true;

    public RecordingModes? Recording { get; init; }

    public ImmutableArray<string> Rights { get; init; } = [];
}

/// <summary>A desk phone that gets its configuration from here.</summary>
internal sealed record ProvisionedPhone(string Mac, string Secret);

/// <summary>Why a provisioning file was refused, and where. Lines and columns count from 1; columns count bytes.</summary>
internal sealed class ProvisioningException(int line, int column, string reason) : Exception($"line {line}, column {column}: {reason}")
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    public string Reason { get; } = reason;
}
