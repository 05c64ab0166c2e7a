using System.Net;
using System.Net.Sockets;

namespace Webphone.WebFrontend.Phones;

/// <summary>How many wrong paths an address may ask for in a while before it gets nothing. Of bounded size. Safe from any thread.</summary>
internal sealed class PhoneGuesses(TimeProvider time)
{
    public const int Most = 10;
    private const int MostKept = 50_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Count, DateTimeOffset Since)> _wrong = [];

    public bool AreTooMany(IPAddress address)
    {
        lock (_gate)
            return _wrong.TryGetValue(NetworkOf(address), out var known) && known.Count >= Most && time.GetUtcNow() - known.Since < Window;
    }

    public void Wrong(IPAddress address)
    {
        var (key, now) = (NetworkOf(address), time.GetUtcNow());
        lock (_gate)
        {
            if (_wrong.Count >= MostKept)
                DropOld(now);
            _wrong[key] = _wrong.TryGetValue(key, out var known) && now - known.Since < Window ? (known.Count + 1, known.Since) : (1, now);
        }
    }

    /// <summary>One IPv6 client has a network of addresses.</summary>
    private static string NetworkOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
        : address.ToString();

    private void DropOld(DateTimeOffset now)
    {
        foreach (var (key, known) in _wrong)
        {
            if (now - known.Since >= Window)
                _wrong.Remove(key);
        }
        // Still full: whoever fills it so fast is counted anew, rather than our memory filled.
        if (_wrong.Count >= MostKept)
            _wrong.Clear();
    }
}
