using System.Collections.Immutable;

namespace Webphone.WebFrontend.Hub;

/// <summary>One list of watched users, shared by every connection that watches the same: they are sent the same messages.</summary>
internal sealed class WatchedSet(string id, ImmutableArray<string> userKeys)
{
    /// <summary>The name of its SignalR group.</summary>
    public string Group { get; } = "watch:" + id;

    public string Id => id;

    public ImmutableArray<string> UserKeys => userKeys;

    /// <summary>Connections that watch it; guarded by <see cref="PresenceFan"/>.</summary>
    public int Connections { get; set; }
}
