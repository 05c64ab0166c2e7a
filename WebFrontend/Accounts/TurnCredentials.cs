using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Accounts;

/// <summary>
/// STUN and TURN servers for a browser. TURN gets credentials that end by themselves, as coturn checks them (draft-uberti-behave-turn-rest-00): the user name is the
/// time of the end and the user, the password its HMAC-SHA1 by the shared secret.
/// </summary>
internal sealed class TurnCredentials(FrontendOptions options, TimeProvider time)
{
    public ImmutableArray<IceServer> For(string userKey)
    {
        var stun = options.IceUrls.Where(url => url.StartsWith("stun", StringComparison.Ordinal)).ToImmutableArray();
        var turn = options.IceUrls.Where(url => url.StartsWith("turn", StringComparison.Ordinal)).ToImmutableArray();
        var servers = ImmutableArray.CreateBuilder<IceServer>(2);
        if (!stun.IsEmpty)
            servers.Add(new IceServer(stun, null, null));
        if (!turn.IsEmpty && options.TurnSecret is { } secret)
        {
            var user = string.Create(CultureInfo.InvariantCulture, $"{(time.GetUtcNow() + options.TurnTime).ToUnixTimeSeconds()}:{userKey}");
            servers.Add(new IceServer(turn, user, Password(secret, user)));
        }
        return servers.DrainToImmutable();
    }

#pragma warning disable CA5350 // TURN's REST credentials are defined with HMAC-SHA1.
    private static string Password(string secret, string user) => Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(user)));
#pragma warning restore CA5350
}
