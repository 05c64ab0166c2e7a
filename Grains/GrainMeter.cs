using System.Diagnostics.Metrics;
using Webphone.Grains.Calls;

namespace Webphone.Grains;

/// <summary>What the grains count. The meter's name is <see cref="Name"/>.</summary>
public static class GrainMeter
{
    public const string Name = "Webphone.Grains";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Started = Meter.CreateCounter<long>("webphone.calls.started", description: "Calls that were started.");
    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("webphone.calls.ended", description: "Calls that ended, by how.");
    private static readonly Counter<long> Registered = Meter.CreateCounter<long>("webphone.registrations", description: "Registrations, by outcome.");

    private static readonly Counter<long> Missed = Meter.CreateCounter<long>("webphone.rings.missed", description: "Rings that a browser did not acknowledge in time.");

    internal static void RingMissed() => Missed.Add(1);

    internal static void CallStarted() => Started.Add(1);

    internal static void CallEnded(CallEnd end) => Ended.Add(1, new KeyValuePair<string, object?>("end", end));

    internal static void Registration(Users.RegisterRefusal refusal) => Registered.Add(1, new KeyValuePair<string, object?>("refusal", refusal));
}
