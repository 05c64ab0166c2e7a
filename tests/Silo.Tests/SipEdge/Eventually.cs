namespace Webphone.Silo.Tests.SipEdge;

/// <summary>For what another part does in its own time and nobody announces.</summary>
internal static class Eventually
{
    public static Task True(Func<bool> condition) => True(() => Task.FromResult(condition()));

    public static async Task True(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
            await Task.Delay(5, limit.Token);
    }
}
