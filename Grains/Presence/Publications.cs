using System.Security.Cryptography;

namespace Webphone.Grains.Presence;

/// <summary>What the phones of one user publish (RFC 3903): soft state, which ends with its time or with the grain; phones then publish anew. For one grain's turns.</summary>
internal sealed class Publications
{
    private const int TagBytes = 8;

    private readonly List<Published> _all = [];

    /// <summary>What counts: the newest that was said.</summary>
    public PublishedStatus? Newest => _all.Count == 0 ? null : _all[^1].Status;

    /// <summary>When the next one ends.</summary>
    public DateTimeOffset? NextEnd => _all.Count == 0 ? null : _all.Min(published => published.Until);

    /// <summary>The tag from now on; null when there is nothing to match, or nothing is said.</summary>
    public string? Apply(Publication publication, DateTimeOffset now)
    {
        Expire(now);
        var index = publication.IfMatch is { } tag ? _all.FindIndex(published => published.Tag == tag) : -1;
        if (index < 0 && (publication.IfMatch is not null || publication.Status is null)) return null;
        var status = publication.Status ?? _all[index].Status;
        var said = index < 0 || publication.Status is not null;
        var next = new Published(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TagBytes)), status, now + publication.Time);
        if (index >= 0) _all.RemoveAt(index);
        if (publication.Time <= TimeSpan.Zero) return next.Tag;
        // A refresh is no news: it stays where it was.
        _all.Insert(said ? _all.Count : index, next);
        if (_all.Count > PublicationLimits.OfUser) _all.Remove(_all.MinBy(published => published.Until)!);
        return next.Tag;
    }

    /// <summary>Forgets what was not repeated in time; false when there is no such thing.</summary>
    public bool Expire(DateTimeOffset now) => _all.RemoveAll(published => published.Until <= now) > 0;

    private sealed record Published(string Tag, PublishedStatus Status, DateTimeOffset Until);
}
