namespace Webphone.Grains.Calls;

/// <summary>What a call says to a report.</summary>
/// <param name="IsTaken">False when the call does not own such a leg (any more): the edge ends it.</param>
/// <param name="News">For the leg's user, to whom who reported passes it on; null when there is nothing new, or when the call tells them itself.</param>
[GenerateSerializer, Immutable]
public sealed record ReportAnswer(bool IsTaken, UserNews? News = null)
{
    public static readonly ReportAnswer Taken = new(true);
    public static readonly ReportAnswer NotOwned = new(false);

    public static ReportAnswer Of(bool isTaken) => isTaken ? Taken : NotOwned;
}
