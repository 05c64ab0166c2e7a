using System.Collections.Immutable;
using Webphone.Grains.Accounts;
using Webphone.Grains.Phones;

namespace Webphone.Grains.Tenants;

/// <summary>
/// The provisioned tenants and users as this silo knows them: an immutable snapshot in memory, replaced whole when provisioning
/// changes, so that reading it is synchronous, cheap and safe from any thread. Routing and authentication read it without a grain.
/// </summary>
public interface IDirectory
{
    ImmutableArray<TenantRecord> Tenants { get; }

    TenantRecord? FindTenant(string name);

    /// <summary>The tenant whose SIP domain it is, without case. An address literal, or any name when <paramref name="host"/> is one of ours, gives the only tenant, if there is just one.</summary>
    TenantRecord? FindTenantByHost(string host);

    UserRecord? FindUser(string tenant, string extension);

    /// <summary>Users of a tenant in the order of their extensions.</summary>
    ImmutableArray<UserRecord> ListUsers(string tenant, int skip, int count);

    /// <summary>The desk phone with that hardware address (twelve lower-case hexadecimal digits), of any tenant.</summary>
    PhoneRecord? FindPhone(string mac) => null;

    /// <summary>The desk phones of a tenant that get their configuration from here.</summary>
    ImmutableArray<PhoneRecord> ListPhones(string tenant) => [];
}

/// <summary>An organisation as provisioned.</summary>
/// <param name="DigestAlgorithms">Algorithms to challenge with, in order of preference, by their RFC 8760 tokens.</param>
/// <param name="HoldMusicFile">A WAV file, or null for the generated default.</param>
/// <param name="RingTime">How long a user's devices ring before the call counts as not answered.</param>
/// <param name="Features">What users can dial besides each other.</param>
public sealed record TenantRecord(
    string Name, string Domain, ImmutableArray<string> DigestAlgorithms, string? HoldMusicFile, TimeSpan RingTime, TenantFeatures? Features = null)
{
    public TenantFeatures Features { get; init; } = Features ?? TenantFeatures.Default;

    /// <summary>What desk phones are told that get their configuration from here.</summary>
    public PhoneSettings Phones { get; init; } = PhoneSettings.Default;

    /// <summary>A web sign-in that nobody used for so long ends; null keeps it for <see cref="AccountLimits.SignInDuration"/>.</summary>
    public TimeSpan? SignOutAfter { get; init; }

    public RecordingPolicy Recording { get; init; } = RecordingPolicy.Default;

    /// <summary>Ways to the outside, in the order in which they are asked whether a number is theirs.</summary>
    public ImmutableArray<TrunkRecord> Trunks { get; init; } = [];

    public TrunkRecord? FindTrunk(string name) => Trunks.FirstOrDefault(trunk => trunk.Name == name);
}

/// <summary>Park slots, pickup groups and the times that go with them.</summary>
/// <param name="ParkSlots">The numbers of the slots, in their order.</param>
/// <param name="ParkTime">How long a parked party waits before the one who parked them is rung.</param>
/// <param name="PickupGroups">Extensions whose phones may be answered by <c>*8</c> from within the group; an extension may be in several.</param>
public sealed record TenantFeatures(ImmutableArray<string> ParkSlots, TimeSpan ParkTime, ImmutableArray<ImmutableArray<string>> PickupGroups)
{
    /// <summary>Who is rung for a party whom their holder did not take back; null: the holder again and again.</summary>
    public string? HoldEscalation { get; init; }

    public static readonly TenantFeatures Default = new(
        [.. Enumerable.Range(701, 9).Select(slot => slot.ToString(System.Globalization.CultureInfo.InvariantCulture))], TimeSpan.FromSeconds(120), []);
}

/// <summary>A user as provisioned. The secret itself is not kept.</summary>
/// <param name="Password">What the user signs in to the web with; null for one who cannot.</param>
public sealed record UserRecord(string Tenant, string Extension, string Name, ImmutableArray<DigestHash> Hashes, ProvisionedPassword? Password = null)
{
    /// <summary>The keys of the user's phones, in their order.</summary>
    public ImmutableArray<PhoneKey> Keys { get; init; } = [];

    /// <summary>Numbers that the user may show to those they call, instead of the extension.</summary>
    public ImmutableArray<string> CallerIds { get; init; } = [];

    /// <summary>Whether the user may call from the browser; those who may not sign in for everything else.</summary>
    public bool HasWebphone { get; init; } = true;

    /// <summary>What is recorded of this user; null for what the organisation says.</summary>
    public RecordingModes? Recording { get; init; }

    /// <summary>What the user may do beyond their own, such as <see cref="Recordings.RecordingRight.Name"/>.</summary>
    public ImmutableArray<string> Rights { get; init; } = [];
}

/// <summary>H(extension:domain:secret) for one algorithm (RFC 7616 §3.4.2): <paramref name="Ha1"/> is the raw hash.</summary>
public sealed record DigestHash(string Algorithm, ReadOnlyMemory<byte> Ha1);
