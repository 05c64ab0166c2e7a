using Webphone.Grains.History;

namespace Webphone.Silo.Tests.SipEdge;

internal static class HistoryTexts
{
    /// <summary>Whose entry it is, which way the call went, and the other side's number; by the extensions.</summary>
    public static IEnumerable<string> Texts(this IEnumerable<HistoryEntry> entries) =>
        entries.OrderBy(entry => entry.Extension).Select(entry => $"{entry.Extension} {entry.Direction} {entry.Peer.Number}");
}
