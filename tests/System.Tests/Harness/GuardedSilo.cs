namespace Webphone.System.Tests.Harness;

/// <summary>The demo tenant on trial: the tests' own address is trusted, so that their bystanders are not limited; every other address is a stranger's.</summary>
public sealed class GuardedSilo : SiloFixture
{
    protected override string[] Arguments => ["--trusted-networks", "127.0.0.1/32"];
}
