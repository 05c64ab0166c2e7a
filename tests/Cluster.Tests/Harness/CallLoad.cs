using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests.Harness;

/// <summary>Calls of a second each from phones on one silo to phones on another, by sipp.</summary>
public sealed class CallLoad : IAsyncDisposable
{
    private readonly SippRun _callee;
    private readonly SippRun _caller;
    private readonly string _name;

    private CallLoad(string name, SippRun callee, SippRun caller)
    {
        _name = name;
        _callee = callee;
        _caller = caller;
    }

    /// <summary>Registers the callees, and starts to call.</summary>
    /// <param name="pair">No two loads at once may share it.</param>
    public static async Task<CallLoad> StartAsync(SiloCluster cluster, int from, int to, int pair, int perSecond, int seconds)
    {
        const int Each = 15;
        var calleePort = Ports.Free();
        var (firstCallee, firstCaller) = (SiloCluster.FirstLoadUser + 100 * to + Each * pair, SiloCluster.FirstLoadUser + 100 * from + 50 + Each * pair);
        var callees = Enumerable.Range(firstCallee, Each).Select(user => $"{user};{Credentials(user)};{calleePort}");
        await using (var register = SippRun.Start(Scenario("register"), Remote(cluster[to]), calleePort, callees, "-m", $"{Each}", "-r", "10"))
        {
            var code = await register.FinishAsync(TimeSpan.FromSeconds(60));
            Assert.True(code == 0, $"phones could not register: {register.Errors}\n{register.Output}");
        }

        var callee = SippRun.Start(Scenario("callee"), null, calleePort);
        var calls = Enumerable.Range(0, Each).Select(i => $"{firstCaller + i};{Credentials(firstCaller + i)};{firstCallee + i}");
        var caller = SippRun.Start(
            Scenario("caller"), Remote(cluster[from]), Ports.Free(), calls, "-d", "1000", "-r", $"{perSecond}", "-m", $"{perSecond * seconds}", "-timeout", $"{seconds + 60}");
        return new CallLoad($"{from}→{to}", callee, caller);
    }

    /// <summary>Waits for the end: every single call was rung, answered and ended by its caller.</summary>
    public async Task SucceedsAsync()
    {
        var code = await _caller.FinishAsync(TimeSpan.FromMinutes(4));
        Assert.True(code == 0 && _caller.Failed == 0, $"{_name}: {_caller.Failed} of {_caller.Successful + _caller.Failed} calls failed: {_caller.Errors}");
    }

    /// <summary>Waits for the end, whatever became of the calls, and returns how many failed.</summary>
    public async Task<int> EndAsync()
    {
        await _caller.FinishAsync(TimeSpan.FromMinutes(4));
        return _caller.Failed;
    }

    public async ValueTask DisposeAsync()
    {
        await _caller.DisposeAsync();
        await _callee.DisposeAsync();
    }

    private static string Remote(RunningSilo silo) => $"{silo.Address}:{silo.SipPort}";

    private static string Credentials(int user) => $"[authentication username={user} password=load-{user}]";

    private static string Scenario(string name) => Path.Combine(AppContext.BaseDirectory, "scenarios", name + ".xml");
}
