using System.Collections.Immutable;

namespace Webphone.Grains.Users;

/// <summary>How a user wants calls to be treated.</summary>
/// <param name="HoldRecall">How long they leave somebody on hold before their devices ring for it; zero: for ever.</param>
/// <param name="AutoAnswer">Devices that answer by themselves.</param>
[GenerateSerializer, Immutable]
public sealed record CallSettings(TimeSpan HoldRecall, ImmutableArray<AutoAnswer> AutoAnswer)
{
    public static readonly CallSettings Default = new(TimeSpan.FromSeconds(60), []);

    public static readonly TimeSpan ShortestHoldRecall = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan LongestHoldRecall = TimeSpan.FromHours(1);
    public static readonly TimeSpan LongestRing = TimeSpan.FromSeconds(30);

    /// <summary>Whether it is one that can be kept.</summary>
    public static bool IsValid(CallSettings settings) =>
        (settings.HoldRecall == TimeSpan.Zero || (settings.HoldRecall >= ShortestHoldRecall && settings.HoldRecall <= LongestHoldRecall))
        && !settings.AutoAnswer.IsDefault && settings.AutoAnswer.Length <= UserLimits.Devices
        && settings.AutoAnswer.All(device => device is { Device.Length: > 0 and <= 256 } && device.After >= TimeSpan.Zero && device.After <= LongestRing);
}

/// <summary>A device that answers by itself.</summary>
/// <param name="Device">The id of its <see cref="Binding"/>.</param>
/// <param name="After">How long it rings first.</param>
[GenerateSerializer, Immutable]
public sealed record AutoAnswer(string Device, TimeSpan After);
