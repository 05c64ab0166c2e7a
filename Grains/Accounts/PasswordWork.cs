namespace Webphone.Grains.Accounts;

/// <summary>Keeps the checking of passwords, which is meant to be slow, from taking every processor: a few at a time, a bounded number waiting. Safe from any thread.</summary>
internal static class PasswordWork
{
    private const int MostWaiting = 64;
    private static readonly SemaphoreSlim Turn = new(Math.Max(1, Environment.ProcessorCount / 2));
    private static int _waiting;

    /// <summary>Null when too many wait already.</summary>
    public static async Task<T?> Run<T>(Func<T> work)
        where T : struct
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await Turn.WaitAsync();
            try
            {
                return await Task.Run(work);
            }
            finally
            {
                Turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
