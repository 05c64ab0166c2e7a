using System.Collections.Immutable;

namespace Webphone.Grains.History;

/// <summary>The table of history entries, written through the call journal, read here.</summary>
public interface IHistoryStore
{
    /// <summary>Entries newest first: of one user, or of all the tenant's users when <paramref name="extension"/> is null.</summary>
    /// <param name="before">Only entries that started before this; null starts at the newest.</param>
    Task<ImmutableArray<HistoryEntry>> List(string tenant, string? extension, DateTimeOffset? before, int count);
}
