using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.Simulation;

/// <summary>What a simulated process runs, and what happens to it. Chances are from 0 to 1 and 0 by default.</summary>
public sealed class SimulationOptions
{
    public const string SeedVariable = "WEBPHONE_SEED";

    /// <summary>Decides everything that is random. Default: the environment variable WEBPHONE_SEED, or a fresh one.</summary>
    public int Seed { get; set; } = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out var seed) ? seed : Random.Shared.Next();

    /// <summary>Where the grain classes are.</summary>
    public IList<Assembly> Assemblies { get; init; } = [];

    /// <summary>Names of the grain storages that the grains ask for; kept in memory over crashes.</summary>
    public IList<string> Storages { get; init; } = ["Default"];

    /// <summary>Processes that make up the cluster; default 1. (A reminder fires in each of them.)</summary>
    public int Silos { get; init; } = 1;

    /// <summary>How long after it died or stopped to answer a silo is known to be gone: until then calls to its grains are lost. Default 5 seconds.</summary>
    public TimeSpan DetectAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Adds the grains' other services. Runs again, with the same arguments, for each process after a crash.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; set; }

    public DateTimeOffset Start { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Chance, of each call, that it never arrives: its caller gets a <see cref="TimeoutException"/>.</summary>
    public double LoseRequest { get; set; }

    /// <summary>Chance, of each call, that it is carried out but its caller gets a <see cref="TimeoutException"/>.</summary>
    public double LoseAnswer { get; set; }

    /// <summary>Chance, of each call, that it fails at once and is not carried out.</summary>
    public double FailCall { get; set; }

    /// <summary>Chance, of each call, that it arrives late: by up to <see cref="LongestDelay"/>, and after calls made later.</summary>
    public double DelayCall { get; set; }

    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Chance, of each call from one silo to another, that it or its answer is lost.</summary>
    public double LoseBetweenSilos { get; set; }

    /// <summary>Chance, of each call from one silo to another, that it arrives late: by up to <see cref="LongestDelay"/>.</summary>
    public double DelayBetweenSilos { get; set; }

    /// <summary>Chance, at each step, that an idle activation is deactivated.</summary>
    public double Deactivate { get; set; }

    /// <summary>Chance, at each step, that an observer dies: every later call to it fails.</summary>
    public double KillObserver { get; set; }

    /// <summary>Chance, at each step, that the process crashes and another starts on the same storage.</summary>
    public double Crash { get; set; }

    /// <summary>Which targets the faults above spare.</summary>
    public Func<GrainId, bool> Spare { get; set; } = static _ => false;
}
