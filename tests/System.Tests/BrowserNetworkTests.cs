using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>Issue 4, shows 2: the browser's network changes, in namespaces of the test's own.</summary>
[Trait("Shows", "2")]
public sealed class BrowserNetworkTests
{
    private const int Said = 1000;

    [Fact]
    public async Task Signing_in_succeeds_while_interfaces_come_and_go()
    {
        await using var network = await BrowserNetwork.CreateAsync();
        await using var silo = await RunningSilo.StartAsync(network);
        await using var browser = await Chromium.StartAsync(network, silo, Said);
        var done = false;
        var disturbing = Task.Run(async () =>
        {
            while (!Volatile.Read(ref done))
                await network.DisturbAsync();
        });
        for (var extension = 101; extension < 106; extension++)
        {
            await using var app = await AppPage.SignedInAsync(browser, silo, $"{extension}");
        }
        Volatile.Write(ref done, true);
        await disturbing;
    }
}
