using System.Collections.Immutable;

namespace Webphone.Grains.Users;

/// <summary>What is kept of a user. Replaced whole, never changed.</summary>
[GenerateSerializer, Immutable]
public sealed record UserState
{
    public const int CurrentVersion = 1;

    [Id(0)]
    public int SchemaVersion { get; init; } = CurrentVersion;

    [Id(1)]
    public bool DoNotDisturb { get; init; }

    /// <summary>In memory these are always the newest; storage has them as of the last change, with the expiry of that time.</summary>
    [Id(2)]
    public ImmutableArray<Binding> Bindings { get; init; } = [];

    /// <summary>There are browsers that can be woken by push.</summary>
    [Id(3)]
    public bool Wakeable { get; init; }

    [Id(4)]
    public CallSettings CallSettings { get; init; } = CallSettings.Default;
}
