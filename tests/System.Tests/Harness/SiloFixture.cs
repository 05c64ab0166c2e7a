namespace Webphone.System.Tests.Harness;

/// <summary>One running program with the demo tenant for all tests of a class.</summary>
public class SiloFixture : IAsyncLifetime
{
    public RunningSilo Silo { get; protected set; } = null!;

    /// <summary>More arguments for the program.</summary>
    protected virtual string[] Arguments => [];

    public virtual async ValueTask InitializeAsync() => Silo = await RunningSilo.StartAsync(Arguments);

    public virtual async ValueTask DisposeAsync()
    {
        if (Silo is not null)
        {
            await Silo.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
