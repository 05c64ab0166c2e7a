using Webphone.System.Tests.Harness;
using Webphone.Tests.Shared.Storage;

namespace Webphone.Cluster.Tests.Harness;

/// <summary>PostgreSQL, a silo with nothing but grains, two processes with nothing but phones, browsers' legs and their media, and two frontends.</summary>
public sealed class DividedCluster : IAsyncLifetime
{
    private const string Domain = RunningSilo.Domain;

    private const string Tenants = $$"""
        { "tenants": [ { "name": "divided", "domain": "{{Domain}}", "digestAlgorithms": ["MD5"], "userRanges": [
          { "first": 101, "count": 10, "secretPrefix": "demo-", "passwordPrefix": "demo-" } ] } ] }
        """;

    private readonly List<RunningSilo> _processes = [];
    private PostgresServer? _postgres;
    private string? _missing;

    public IReadOnlyList<RunningSilo> Edges => _processes[1..3];

    public IReadOnlyList<RunningSilo> Frontends => _processes[3..];

    public async ValueTask InitializeAsync()
    {
        _missing = SiloCluster.MissingBuild;
        if (_missing is not null) return;
        try
        {
            _postgres = await PostgresServer.StartAsync();
        }
        catch (Xunit.Sdk.SkipException reason)
        {
            _missing = reason.Message;
            return;
        }

        foreach (var (name, roles, last) in new[] { ("silo", "grains", 6), ("edge1", "sip,media", 7), ("edge2", "sip,media", 8), ("front1", "web", 9), ("front2", "web", 10) })
        {
            _processes.Add(await RunningSilo.ProvisionedAsync(
                Tenants, $"127.0.0.{last}", rtpPorts: 200, "--node", name, "--roles", roles, "--cluster-id", "divided", "--postgres", _postgres.ConnectionString,
                "--silo-port", $"{Ports.Free()}", "--gateway-port", $"{Ports.Free()}", "--trusted-networks", "127.0.0.0/8", "--drain-time", "0"));
        }
    }

    /// <summary>A phone of the extensions 101 to 110 at one of the <see cref="Edges"/>.</summary>
    public Task<BaresipPhone> PhoneAsync(int edge, string extension, int toneHertz) =>
        BaresipPhone.RegisteredAsync(Edges[edge].Phone(extension, toneHertz) with { Domain = Domain });

    /// <summary>Skips the test where there is no cluster.</summary>
    public void Require()
    {
        if (_missing is { } reason) Assert.Skip(reason);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes)) await process.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
    }
}
