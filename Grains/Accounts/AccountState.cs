using System.Collections.Immutable;

namespace Webphone.Grains.Accounts;

/// <summary>What is kept of an account. Replaced whole, never changed.</summary>
[GenerateSerializer, Immutable]
public sealed record AccountState
{
    public const int CurrentVersion = 1;

    [Id(0)]
    public int SchemaVersion { get; init; } = CurrentVersion;

    /// <summary>The password that the user chose.</summary>
    [Id(1)]
    public PasswordHash? Password { get; init; }

    [Id(2)]
    public ImmutableArray<KeptSignIn> SignIns { get; init; } = [];

    [Id(3)]
    public AccountSettings Settings { get; init; } = AccountSettings.Default;

    [Id(4)]
    public ImmutableArray<PushTarget> PushTargets { get; init; } = [];
}

/// <summary>One browser that is signed in.</summary>
/// <param name="TokenHash">SHA-256 of its token, in hexadecimal.</param>
/// <param name="UsedAt">When it was used last, to a day, or to a quarter of the time that it holds.</param>
[GenerateSerializer, Immutable]
public sealed record KeptSignIn(string TokenHash, DateTimeOffset SignedInAt, DateTimeOffset UsedAt, string UserAgent);
