using Orleans.Simulation;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>What goes wrong in a run, by the seed. Chances of the first four are those of each call or step, of the others those beside each call that is made.</summary>
internal sealed record Faults(double Lose = 0, double Delay = 0, double Deactivate = 0, double Crash = 0, double NodeDeath = 0)
{
    private static readonly Faults[] OfOneProcess =
    [
        new(),
        new(Deactivate: 0.02),
        new(Delay: 0.05),
        new(Lose: 0.01),
        new(NodeDeath: 0.1),
        new(Crash: 0.0005),
        new(0.01, 0.02, 0.01, 0.0002, 0.05),
        new(0.05, 0.1, 0.05, 0, 0.1),
    ];

    private static readonly Faults[] OfCluster =
    [
        new() { Silos = 3 },
        new() { Silos = 3, SiloDeath = 0.15 },
        new() { Silos = 3, SiloPause = 0.15 },
        new() { Silos = 3, DelayBetween = 0.1 },
        new() { Silos = 3, LoseBetween = 0.02 },
        new(Deactivate: 0.01) { Silos = 3, SiloDeath = 0.05 },
        new(0.005, 0.01, 0.01, 0.00005) { Silos = 3, SiloDeath = 0.1, SiloPause = 0.1, DelayBetween = 0.05, LoseBetween = 0.01 },
    ];

    /// <summary>Processes; a single one has two nodes, each of several has one.</summary>
    public int Silos { get; init; } = 1;

    public double SiloDeath { get; init; }

    public double SiloPause { get; init; }

    public double DelayBetween { get; init; }

    public double LoseBetween { get; init; }

    public static Faults Of(int seed) => OfOneProcess[(int)((uint)seed % OfOneProcess.Length)];

    /// <summary>Three silos to which a scene does what it wants.</summary>
    public static readonly Faults OfAScene = new() { Silos = 3, SiloDeath = double.Epsilon };

    public static Faults OfClusters(int seed) => OfCluster[(int)((uint)seed % OfCluster.Length)];

    /// <summary>Calls between grains and edges are exact.</summary>
    public bool AreNone => this with { Silos = 1 } == OfOneProcess[0];

    /// <summary>Nothing is lost that somebody would wait for.</summary>
    public bool AreMild => Lose == 0 && Crash == 0 && NodeDeath == 0 && Delay == 0 && SiloDeath == 0 && SiloPause == 0 && DelayBetween == 0 && LoseBetween == 0;

    /// <summary>Whole silos die, and nothing else goes wrong.</summary>
    public bool AreDeathsOnly => SiloDeath > 0 && this with { SiloDeath = 0, Silos = 1, Deactivate = 0 } == OfOneProcess[0];

    public void Begin(SimulationOptions options)
    {
        options.LoseRequest = Lose / 3;
        options.LoseAnswer = Lose / 3;
        options.FailCall = Lose / 3;
        options.DelayCall = Delay;
        options.Deactivate = Deactivate;
        options.Crash = Crash;
        options.LoseBetweenSilos = LoseBetween;
        options.DelayBetweenSilos = DelayBetween;
    }

    public static void End(SimulationOptions options) => OfOneProcess[0].Begin(options);
}
