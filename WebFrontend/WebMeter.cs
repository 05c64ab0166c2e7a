using System.Diagnostics.Metrics;

namespace Webphone.WebFrontend;

/// <summary>What the frontend counts.</summary>
internal static class WebMeter
{
    private static readonly Meter Meter = new("Webphone.WebFrontend");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("webphone.web.refused", description: "Requests and hub messages that were refused, by reason.");
    private static readonly Counter<long> SignIns = Meter.CreateCounter<long>("webphone.web.signins", description: "Sign-ins, by outcome.");
    private static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>("webphone.hub.connections", description: "Browsers that are connected to the hub.");

    public static void Refused(string reason) => Refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void SignIn(string outcome) => SignIns.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Connected() => Connections.Add(1);

    public static void Disconnected() => Connections.Add(-1);
}
