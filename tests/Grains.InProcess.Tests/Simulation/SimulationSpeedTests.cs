using Orleans.Simulation;

namespace Webphone.Grains.InProcess.Tests.Simulation;

public sealed class SimulationSpeedTests
{
    [Fact]
    public void Sixty_thousand_grain_calls_take_seconds_at_most()
    {
        const int Payments = 20_000;
        using var cluster = new SimulatedCluster(new()
        {
            Seed = 1,
            Assemblies = { typeof(SimulationSpeedTests).Assembly },
            Storages = { "bank", "memory" },
            Deactivate = 0.001,
            DelayCall = 0.05,
        });
        var began = System.Diagnostics.Stopwatch.StartNew();
        cluster.Run(
            async () =>
            {
                var teller = cluster.Grains.GetGrain<ITellerGrain>("t");
                for (var payment = 0; payment < Payments; payment++)
                    await teller.Pay($"from{payment % 500}", $"to{payment % 300}", $"{payment / 10_000}", 1);
            }, TimeSpan.FromDays(10));
        var perCall = began.Elapsed / (Payments * 3);
        TestContext.Current.SendDiagnosticMessage($"{perCall.TotalMicroseconds:N1} us per simulated grain call, {cluster.Steps} steps");
        Assert.True(perCall < TimeSpan.FromMilliseconds(0.5), $"{perCall.TotalMicroseconds:N1} us per simulated grain call");
    }
}
