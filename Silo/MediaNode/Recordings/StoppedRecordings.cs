namespace Webphone.Silo.MediaNode.Recordings;

/// <summary>The names of recordings that were stopped lately: an order that comes late does not begin one of them again. Bounded. Thread-safe.</summary>
internal sealed class StoppedRecordings
{
    private const int Kept = 1000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _names = [];
    private readonly Queue<string> _order = new();

    public void Add(string name)
    {
        lock (_gate)
        {
            if (!_names.Add(name))
                return;
            _order.Enqueue(name);
            if (_order.Count > Kept)
                _names.Remove(_order.Dequeue());
        }
    }

    public bool Contains(string name)
    {
        lock (_gate)
            return _names.Contains(name);
    }
}
