using System.Collections.Immutable;

namespace Webphone.Grains.Nodes;

/// <summary>
/// Which nodes hold legs and their media, for those who have none near them: a browser whose session lives on a silo with grains alone, a phone with calls by more than one node. There is one, under
/// <see cref="Key"/>; no call passes through it.
/// </summary>
public interface IMediaNodesGrain : IGrainWithStringKey
{
    const string Key = "media";

    /// <summary>The node is there, for another <see cref="NodeLease.Duration"/>. All that are there.</summary>
    Task<ImmutableArray<string>> Here(string node);

    /// <summary>The node leaves in good order.</summary>
    Task Gone(string node);

    /// <summary>All that are there.</summary>
    Task<ImmutableArray<string>> Nodes();

    /// <summary>The node for a session: the same each time for as long as that node is there. Null while none has said that it is.</summary>
    /// <param name="except">One that was found dead, which may not be known here yet.</param>
    Task<string?> NodeFor(string session, string? except = null);
}
