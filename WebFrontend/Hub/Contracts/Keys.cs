using System.Collections.Immutable;
using Webphone.Grains.Keys;

namespace Webphone.WebFrontend.Hub.Contracts;

/// <summary>The keys that the user has arranged. Versions only grow; a lower one is stale.</summary>
public sealed record KeyBoard(long Version, ImmutableArray<KeySetting> Keys);

/// <summary>One key.</summary>
/// <param name="Target">The extension, number or slot; empty for the user's own conference.</param>
/// <param name="Label">What the user calls it; empty for the name of the target.</param>
public sealed record KeySetting(PhoneKeyKind Kind, string Target, string Label);
