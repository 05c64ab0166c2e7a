using System.Net;
using System.Net.Sockets;

namespace Webphone.WebFrontend.Accounts;

/// <summary>
/// How many wrong passwords are taken: of an address, for a user from an address, and for a user from everywhere. Names count whether there is such a user or not.
/// An address that the user has signed in from is not kept out by what others try. Safe from any thread.
/// </summary>
internal sealed class SignInLimits(FrontendOptions options, TimeProvider time)
{
    private const int MostKept = 50_000;
    private static readonly TimeSpan AddressWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UserWindow = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Count, DateTimeOffset Since)> _wrong = [];
    private readonly HashSet<string> _proven = [];

    /// <summary>How long to wait before another try; null when it may be made.</summary>
    public TimeSpan? MustWait(IPAddress address, string user)
    {
        var (from, name) = (NetworkOf(address), user.ToLowerInvariant());
        lock (_gate)
        {
            var wait = Longest(
                Left($"a {from}", options.WrongPasswordsPerAddress, AddressWindow),
                Left($"u {from} {name}", options.WrongPasswordsPerUserAndAddress, UserWindow));
            return _proven.Contains($"{from} {name}") ? wait : Longest(wait, Left($"n {name}", options.WrongPasswordsPerUser, UserWindow));
        }
    }

    /// <summary>A try begins: it counts as wrong until <see cref="Right"/> says otherwise.</summary>
    public void Wrong(IPAddress address, string user)
    {
        var (from, name) = (NetworkOf(address), user.ToLowerInvariant());
        lock (_gate)
        {
            if (_wrong.Count > MostKept)
                DropOld();
            Count($"a {from}", AddressWindow);
            Count($"u {from} {name}", UserWindow);
            Count($"n {name}", UserWindow);
        }
    }

    public void Right(IPAddress address, string user)
    {
        var (from, name) = (NetworkOf(address), user.ToLowerInvariant());
        lock (_gate)
        {
            _wrong.Remove($"u {from} {name}");
            TakeBack($"a {from}");
            TakeBack($"n {name}");
            if (_proven.Count > MostKept)
                _proven.Clear();
            _proven.Add($"{from} {name}");
        }
    }

    /// <summary>The try was not wrong, and nobody is in yet.</summary>
    public void NotWrong(IPAddress address, string user)
    {
        var (from, name) = (NetworkOf(address), user.ToLowerInvariant());
        lock (_gate)
        {
            TakeBack($"a {from}");
            TakeBack($"u {from} {name}");
            TakeBack($"n {name}");
        }
    }

    /// <summary>One IPv6 client has a network of addresses.</summary>
    private static string NetworkOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        return Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8));
    }

    private static TimeSpan? Longest(TimeSpan? first, TimeSpan? second) => first > second || second is null ? first : second;

    private TimeSpan? Left(string key, int most, TimeSpan window)
    {
        if (!_wrong.TryGetValue(key, out var known) || known.Count < most)
            return null;
        var left = known.Since + window - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : null;
    }

    private void Count(string key, TimeSpan window)
    {
        var now = time.GetUtcNow();
        _wrong[key] = _wrong.TryGetValue(key, out var known) && now - known.Since < window ? (known.Count + 1, known.Since) : (1, now);
    }

    private void TakeBack(string key)
    {
        if (_wrong.TryGetValue(key, out var known) && known.Count > 0)
            _wrong[key] = (known.Count - 1, known.Since);
    }

    private void DropOld()
    {
        var now = time.GetUtcNow();
        foreach (var (key, known) in _wrong)
        {
            if (now - known.Since >= UserWindow)
                _wrong.Remove(key);
        }
        // Still full: whoever fills it so fast is counted anew, rather than our memory filled.
        if (_wrong.Count > MostKept)
            _wrong.Clear();
    }
}
