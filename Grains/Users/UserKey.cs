namespace Webphone.Grains.Users;

/// <summary>The key of a user's grains: <c>tenant/extension</c>.</summary>
public static class UserKey
{
    public static string Of(string tenant, string extension) => $"{tenant}/{extension}";

    public static (string Tenant, string Extension) Split(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < key.Length - 1
            ? (key[..slash], key[(slash + 1)..])
            : throw new ArgumentException($"'{key}' is not tenant/extension.", nameof(key));
    }
}
