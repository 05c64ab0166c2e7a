using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Media;

namespace Webphone.Silo.Tests.Storage;

/// <summary>Call records to write: 101 calls 102 of the tenant acme.</summary>
internal static class Records
{
    public const string Tenant = "acme";
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static CallRecord Of(string id, DateTimeOffset? started = null, DateTimeOffset? answered = null, DateTimeOffset? ended = null, string dialled = "102")
    {
        var key = $"{Tenant}/{id}";
        var start = started ?? Start;
        var end = ended is null ? CallEnd.None : CallEnd.Completed;
        var state = new CallState
        {
            CallKey = key,
            Tenant = Tenant,
            Version = 1,
            Stage = ended is null ? CallStage.Ringing : CallStage.Ended,
            Dialled = dialled,
            CallerExtension = "101",
            CallerDevice = "device",
            Caller = new Party("101", "Ann"),
            CallerCodecs = [new MediaCodec("PCMU", 8000)],
            CallerLeg = new CallLeg(new LegId("leg-" + id), "node1", LegStage.Calling) { Endpoint = new EndpointId("node1", 7) },
            Callee = new Party(dialled, "Ben"),
            StartedAt = start,
            AnsweredAt = answered,
            EndedAt = ended,
            End = end,
        };
        ImmutableArray<HistoryEntry> history =
        [
            new HistoryEntry(key, "101", CallDirection.Outbound, new Party(dialled, "Ben"), "101", start, answered, ended, end),
            new HistoryEntry(key, "102", CallDirection.Inbound, new Party("101", "Ann"), "102", start, answered, ended, end),
        ];
        return new CallRecord(key, Tenant, CallState.SchemaVersion, state, history, Ended: ended is not null);
    }
}
