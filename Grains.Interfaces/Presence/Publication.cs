namespace Webphone.Grains.Presence;

/// <summary>How a user is, as their phone publishes it.</summary>
/// <param name="IsOpen">They can be reached.</param>
/// <param name="Activity">What they do, as the SIP edge names it; empty when it is not said.</param>
/// <param name="Note">For people to read; may be empty.</param>
[GenerateSerializer, Immutable]
public sealed record PublishedStatus(bool IsOpen, string Activity, string Note);

/// <summary>One PUBLISH (<see href="https://www.rfc-editor.org/rfc/rfc3903">RFC 3903</see>).</summary>
/// <param name="IfMatch">The tag of what it refreshes, changes or withdraws; null when it is new.</param>
/// <param name="Time">How long it holds; zero withdraws it.</param>
/// <param name="Status">Null for a refresh, which says nothing new.</param>
[GenerateSerializer, Immutable]
public sealed record Publication(string? IfMatch, TimeSpan Time, PublishedStatus? Status);

/// <param name="Tag">Names the publication from now on; null when there is none of the tag that was given (412), or too many.</param>
[GenerateSerializer, Immutable]
public sealed record PublicationAnswer(string? Tag);

/// <summary>Bounds of publications.</summary>
public static class PublicationLimits
{
    /// <summary>Phones of one user that publish; the one that was not heard of for the longest makes room.</summary>
    public const int OfUser = 10;
}
