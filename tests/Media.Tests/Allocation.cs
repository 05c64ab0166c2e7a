namespace Webphone.Media.Tests;

/// <summary>What code allocates by itself. The runtime allocates on its threads too, now and then, while it compiles code anew: never in every round.</summary>
internal static class Allocation
{
    private const int Rounds = 20;

    /// <summary>The bytes that this thread allocated in the quietest of some rounds; what allocates each time shows in all of them.</summary>
    public static long OfQuietestRound(Action round)
    {
        round();
        var fewest = long.MaxValue;
        for (var i = 0; i < Rounds && fewest > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return fewest;
    }
}
