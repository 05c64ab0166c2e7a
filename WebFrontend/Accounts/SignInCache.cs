using System.Collections.Concurrent;
using Orleans;
using Webphone.Grains.Accounts;

namespace Webphone.WebFrontend.Accounts;

/// <summary>Remembers for a short time which tokens hold, so that a page's many requests ask the account once. Safe from any thread.</summary>
internal sealed class SignInCache(IGrainFactory grains, TimeProvider time)
{
    private const int Most = 20_000;
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (AccountView View, DateTimeOffset Until)> _known = new();

    public async ValueTask<AccountView?> Check(string userKey, string token)
    {
        var now = time.GetUtcNow();
        if (_known.TryGetValue(token, out var known) && known.Until > now)
            return known.View.UserKey == userKey ? known.View : null;
        var view = await grains.GetGrain<IAccountGrain>(userKey).Check(token);
        if (view is null)
        {
            _known.TryRemove(token, out _);
            return null;
        }
        if (_known.Count >= Most)
            _known.Clear();
        _known[token] = (view, now + Believed);
        return view;
    }

    /// <summary>Something of the user's account changed: nothing that is remembered of it is believed.</summary>
    public void Forget(string userKey)
    {
        foreach (var (token, known) in _known)
        {
            if (known.View.UserKey == userKey)
                _known.TryRemove(token, out _);
        }
    }
}
