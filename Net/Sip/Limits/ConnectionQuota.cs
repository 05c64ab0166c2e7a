namespace Webphone.Net.Sip.Limits;

/// <summary>Counts open connections, in total and for each address. Safe from any thread.</summary>
public sealed class ConnectionQuota(int total, int perAddress)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SourceAddress, int> _open = [];
    private int _total;

    /// <summary>Connections that are open now.</summary>
    public int Open => Volatile.Read(ref _total);

    /// <summary>Takes a place, which <see cref="Leave"/> gives back. The limit per address does not bind <paramref name="trusted"/> ones; the total binds all.</summary>
    public ConnectionRefusal TryEnter(SourceAddress address, bool trusted)
    {
        var key = address.Accountable;
        lock (_lock)
        {
            if (_total >= total)
                return ConnectionRefusal.Total;
            _open.TryGetValue(key, out var open);
            if (open >= perAddress && !trusted)
                return ConnectionRefusal.PerAddress;
            _open[key] = open + 1;
            _total++;
            return ConnectionRefusal.None;
        }
    }

    public void Leave(SourceAddress address)
    {
        var key = address.Accountable;
        lock (_lock)
        {
            if (!_open.TryGetValue(key, out var open))
                return;
            _total--;
            if (open == 1)
                _open.Remove(key);
            else
                _open[key] = open - 1;
        }
    }
}

/// <summary>Why a connection was not taken.</summary>
public enum ConnectionRefusal
{
    None,

    /// <summary>The server has as many connections as it takes.</summary>
    Total,

    /// <summary>The address has as many connections as one may have.</summary>
    PerAddress,

    /// <summary>The address opens connections too fast.</summary>
    Rate,
}
