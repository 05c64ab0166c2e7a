using System.Collections.Immutable;

namespace Webphone.Grains.Keys;

/// <summary>The keys that a user has arranged, the same on all of their screens; until then, those of their desk phones. The key is <c>tenant/extension</c>.</summary>
public interface IPhoneKeysGrain : IGrainWithStringKey
{
    Task<PhoneKeysView> Get();

    /// <summary>Replaces all of them; at most <see cref="PhoneKeyLimits.Keys"/>.</summary>
    Task<PhoneKeysView> Set(ImmutableArray<PhoneKey> keys);

    /// <summary>The directory may have other keys for the user's desk phones, or other meanings of them: who shows those is told.</summary>
    Task DeskPhonesChanged();

    /// <summary>Subscribes, or renews for <see cref="Users.WatchLease.Duration"/>; the answer is the snapshot to start from.</summary>
    Task<PhoneKeysView> Watch(IPhoneKeysWatcher watcher);

    Task Unwatch(IPhoneKeysWatcher watcher);
}

/// <summary>Someone who shows a user's keys. Called once for each change, in version order.</summary>
public interface IPhoneKeysWatcher : IGrainObserver
{
    Task KeysChanged(string userKey, PhoneKeysView keys);
}

/// <summary>Versions only grow; a lower one is stale.</summary>
[GenerateSerializer, Immutable]
public sealed record PhoneKeysView(long Version, ImmutableArray<PhoneKey> Keys);

/// <summary>One key, in the order of the list.</summary>
/// <param name="Target">The extension, number, slot or room; empty for <see cref="PhoneKeyKind.Conference"/>.</param>
/// <param name="Label">What the user calls it; empty for the name of the target.</param>
[GenerateSerializer, Immutable]
public sealed record PhoneKey(PhoneKeyKind Kind, string Target, string Label);

public enum PhoneKeyKind
{
    /// <summary>A colleague: their lamp; calls, transfers, or picks up what rings at them.</summary>
    Person,

    /// <summary>A number to dial.</summary>
    Number,

    /// <summary>A park slot: parks there, or takes who is parked.</summary>
    Slot,

    /// <summary>The user's own conference: comes in.</summary>
    Conference,
}

/// <summary>Bounds of a user's keys.</summary>
public static class PhoneKeyLimits
{
    public const int Keys = 60;
    public const int LabelLength = 40;
    public const int TargetLength = 64;

    public static bool Fit(PhoneKey? key) =>
        key is { Target: not null, Label.Length: <= LabelLength }
        && Enum.IsDefined(key.Kind)
        && !key.Label.Any(char.IsControl)
        && (key.Kind == PhoneKeyKind.Conference ? key.Target.Length == 0 : key.Target.Length is > 0 and <= TargetLength && key.Target.All(char.IsAscii) && !key.Target.Any(c => char.IsControl(c) || c == ' '));
}
