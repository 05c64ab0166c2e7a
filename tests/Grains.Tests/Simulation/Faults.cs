using Orleans.Simulation;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>What goes wrong in a run, by the seed.</summary>
internal sealed record Faults(double Lose, double Delay, double Deactivate, double Crash, double NodeDeath)
{
    private static readonly Faults[] All =
    [
        new(0, 0, 0, 0, 0),
        new(0, 0, 0.02, 0, 0),
        new(0, 0.05, 0, 0, 0),
        new(0.01, 0, 0, 0, 0),
        new(0, 0, 0, 0, 0.1),
        new(0, 0, 0, 0.0005, 0),
        new(0.01, 0.02, 0.01, 0.0002, 0.05),
        new(0.05, 0.1, 0.05, 0, 0.1),
    ];

    public static Faults Of(int seed) => All[(int)((uint)seed % All.Length)];

    /// <summary>Calls between grains and edges are exact.</summary>
    public bool AreNone => this == All[0];

    /// <summary>Nothing is lost that somebody would wait for.</summary>
    public bool AreMild => Lose == 0 && Crash == 0 && NodeDeath == 0 && Delay == 0;

    public void Begin(SimulationOptions options)
    {
        options.LoseRequest = Lose / 3;
        options.LoseAnswer = Lose / 3;
        options.FailCall = Lose / 3;
        options.DelayCall = Delay;
        options.Deactivate = Deactivate;
        options.Crash = Crash;
    }

    public static void End(SimulationOptions options) => All[0].Begin(options);
}
