namespace Webphone.Grains.InProcess.Tests.Conformance;

/// <summary>
/// Runs the conformance suite's grains on some engine. It registers the grain storages "memory" and "bank", and reminders;
/// call time-out <see cref="ResponseTimeout"/>, idle age 15 min, minimum reminder period one minute, 100 waiting requests.
/// </summary>
public interface IConformanceHost : IAsyncDisposable
{
    IGrainFactory Grains { get; }

    TimeSpan ResponseTimeout { get; }

    /// <summary>Whether <see cref="Delay"/> makes activations older.</summary>
    bool AgeIsVirtual => true;

    /// <param name="withFilters">Whether <see cref="Subjects.MarkingFilters"/> run around calls.</param>
    Task Start(bool withFilters);

    /// <summary>Runs the body of a test to its end.</summary>
    Task Run(Func<Task> body);

    /// <summary>Lets that much of the silo's time pass, and all that is due in it happen.</summary>
    Task Delay(TimeSpan span);

    /// <summary>Lets that much time pass for calls that wait for their answers, whose clock may be another one.</summary>
    Task WaitOut(TimeSpan span) => Delay(span);

    /// <summary>Stops in order; <see cref="Grains"/> is of no use then.</summary>
    Task Stop();

    /// <summary>Stops and starts again on the same storage.</summary>
    Task Restart();
}

/// <summary>The base of the suite's classes: each test runs on a host of its own, in the host's way.</summary>
public abstract class Conformance<THost> : IAsyncLifetime
    where THost : IConformanceHost, new()
{
    protected THost Host { get; } = new();
    protected TimeSpan ResponseTimeout => Host.ResponseTimeout;
    protected IGrainFactory Grains => Host.Grains;

    protected virtual bool WithFilters => false;

    /// <summary>A key that no other test uses.</summary>
    protected string Key { get; } = Guid.NewGuid().ToString("N");

    public async ValueTask InitializeAsync() => await Host.Start(WithFilters);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Host.DisposeAsync();
    }

    protected void NeedsVirtualAge() =>
        Assert.SkipUnless(Host.AgeIsVirtual, "this engine measures the age of activations by the machine's clock: the test would take an hour");

    /// <summary>Lets everything happen that can without time passing.</summary>
    protected Task Settle() => Host.Delay(TimeSpan.FromMilliseconds(1));
}
