using Orleans.Runtime;
using Orleans.Simulation;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Tests.Simulation;

/// <summary>What dies in the middle of a scene: a grain is taken from memory, or a silo is killed.</summary>
internal enum Death
{
    None,
    FirstGrain,
    SecondGrain,
    ThirdGrain,
    FirstSilo,
    SecondSilo,
    ThirdSilo,
}

/// <summary>
/// Plays a scene over and over: at every step of what is watched in it, one after the other, each of the deaths. In the end all hang up, silos come back, and the
/// world has to come to rest.
/// </summary>
internal sealed class DeathLoop(ITestOutputHelper output, string file)
{
    private const int FewestSteps = 10;
    private const int MostSteps = 400;

    /// <param name="test">For the seed of a failure.</param>
    /// <param name="rung">What phones do that are rung.</param>
    /// <param name="deaths">Each is tried at each step.</param>
    /// <param name="scene">Says by <see cref="DeathWatch.Begin"/> which of its steps count, and judges how it ends.</param>
    public void Play(string test, Func<SimLeg, Task> rung, Death[] deaths, Func<SimWorld, DeathWatch, Task> scene)
    {
        var steps = Once(Death.None, int.MaxValue);
        output.WriteLine($"{steps} steps, each with {deaths.Length} deaths");
        Assert.InRange(steps, FewestSteps, MostSteps);
        foreach (var death in deaths)
        {
            for (var step = 0; step <= steps; step++)
            {
                try
                {
                    Once(death, step);
                }
                catch (Exception error)
                {
                    throw new InvalidOperationException($"{death} after step {step}: {error.Message}", error);
                }
            }
        }

        int Once(Death death, int at)
        {
            using var world = new SimWorld(1, Faults.OfAScene, file, test) { Rung = rung };
            var watch = new DeathWatch(world, death, at);
            world.Play(async () =>
            {
                await scene(world, watch);
                foreach (var leg in world.LiveLegs.ToArray()) leg.Leave(CallEnd.Completed);
                foreach (var silo in world.Cluster.Silos.Where(silo => silo.State == SimulatedSiloState.Dead)) silo.Restart();
            });
            return watch.Steps;
        }
    }
}

/// <summary>Counts the steps of a scene that matter, and lets something die after one of them.</summary>
internal sealed class DeathWatch
{
    private readonly SimWorld _world;
    private readonly int _at;
    private SimNode[] _nodes = [];
    private Func<bool>? _counts;
    private Func<IAddressable?> _first = () => null, _second = () => null, _third = () => null;
    private bool _over;

    public DeathWatch(SimWorld world, Death death, int at)
    {
        (_world, Death, _at, _over) = (world, death, at, death == Death.None);
        var check = world.Cluster.AfterStep!;
        world.Cluster.AfterStep = step =>
        {
            check(step);
            Look();
        };
    }

    public Death Death { get; }

    public int Steps { get; private set; }

    /// <summary>From now on something may die.</summary>
    /// <param name="counts">Whether what is watched goes on.</param>
    /// <param name="first">The grain that <see cref="Death.FirstGrain"/> takes from memory, once there is one.</param>
    /// <param name="second">As the first.</param>
    /// <param name="third">As the first.</param>
    public void Begin(Func<bool> counts, Func<IAddressable?> first, Func<IAddressable?> second, Func<IAddressable?>? third = null) =>
        (_nodes, _counts, _first, _second, _third) = ([.. _world.Nodes], counts, first, second, third ?? _third);

    public void End() => _counts = null;

    private void Look()
    {
        if (_counts is null) return;
        if (!_over && Steps >= _at) _over = Kill();
        if (_counts()) Steps++;
    }

    private bool Kill() => Death switch
    {
        Death.FirstGrain => Take(_first()),
        Death.SecondGrain => Take(_second()),
        Death.ThirdGrain => Take(_third()),
        Death.FirstSilo => Kill(_nodes[0]),
        Death.SecondSilo => Kill(_nodes[1]),
        Death.ThirdSilo => Kill(_nodes[2]),
        _ => true,
    };

    private bool Take(IAddressable? grain) => grain is GrainReference reference && _world.Cluster.Deactivate(reference.GrainId);

    private static bool Kill(SimNode node)
    {
        node.Silo.Kill();
        return true;
    }
}
