namespace Webphone.Grains.Recordings;

/// <summary>
/// Whoever listens to a recording asks for it in many parts: those within <see cref="Together"/> of the last one, by the same user from the same address, are one use.
/// Forgets the oldest when it holds too many, which are then logged once more.
/// </summary>
internal sealed class RecentUses
{
    public static readonly TimeSpan Together = TimeSpan.FromMinutes(10);
    private const int Most = 10_000;

    private readonly Dictionary<(string By, string Id, RecordingUse Use, string Address), DateTimeOffset> _last = [];

    public bool IsNew((string By, string Id, RecordingUse Use, string Address) use, DateTimeOffset now) => !_last.TryGetValue(use, out var last) || now - last > Together;

    public void Remember((string By, string Id, RecordingUse Use, string Address) use, DateTimeOffset now)
    {
        _last[use] = now;
        if (_last.Count <= Most) return;
        foreach (var (old, _) in _last.OrderBy(entry => entry.Value).Take(Most / 2).ToList()) _last.Remove(old);
    }
}
