namespace Webphone.Grains.Browsers;

/// <summary>The tabs of one session that are here, and which of them holds the phone: pure.</summary>
internal sealed class SessionTabs
{
    private readonly Dictionary<string, Tab> _tabs = [];

    /// <summary>One connection of a tab.</summary>
    public sealed record Tab(string Connection, string TabId, IFrontend Frontend, DateTimeOffset Until);

    public int Count => _tabs.Count;

    /// <summary>The tab that holds the phone, whether it is here or not.</summary>
    public string? Holder { get; private set; }

    public bool HolderIsHere => Holder is not null && _tabs.Values.Any(tab => tab.TabId == Holder);

    public IEnumerable<IFrontend> Frontends => _tabs.Values.Select(tab => tab.Frontend).Distinct();

    public bool Has(string connection) => _tabs.ContainsKey(connection);

    public bool Holds(string connection) => _tabs.TryGetValue(connection, out var tab) && tab.TabId == Holder;

    public void Add(AttachTab tab, DateTimeOffset until)
    {
        foreach (var earlier in _tabs.Values.Where(known => known.TabId == tab.TabId).ToList())
            _tabs.Remove(earlier.Connection);
        _tabs[tab.Connection] = new Tab(tab.Connection, tab.TabId, tab.Frontend, until);
        if (tab.TakePhone && !HolderIsHere)
            Holder = tab.TabId;
    }

    public bool Renew(string connection, DateTimeOffset until)
    {
        if (!_tabs.TryGetValue(connection, out var tab))
            return false;
        _tabs[connection] = tab with { Until = until };
        return true;
    }

    public void Remove(string connection) => _tabs.Remove(connection);

    public void RemoveAll(IFrontend frontend)
    {
        foreach (var tab in _tabs.Values.Where(tab => tab.Frontend.Equals(frontend)).ToList())
            _tabs.Remove(tab.Connection);
    }

    public void RemoveExpired(DateTimeOffset now)
    {
        foreach (var tab in _tabs.Values.Where(tab => tab.Until <= now).ToList())
            _tabs.Remove(tab.Connection);
    }

    public void Take(string connection)
    {
        if (_tabs.TryGetValue(connection, out var tab))
            Holder = tab.TabId;
    }

    public void Release(string connection)
    {
        if (Holds(connection))
            Holder = null;
    }
}
