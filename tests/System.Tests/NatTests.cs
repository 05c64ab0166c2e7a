using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>Shows 1: a phone behind a NAT router made of network namespaces.</summary>
[Trait("Shows", "1")]
public sealed class NatTests
{
    private const string Office = """
        { "tenants": [ { "name": "office", "domain": "office.example", "digestAlgorithms": ["MD5"], "userRanges": [ { "first": 101, "count": 10, "secretPrefix": "nat-" } ] } ] }
        """;

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task A_phone_behind_a_nat_calls_and_is_called(string transport)
    {
        Needs.Baresip();
        await using var network = await NetworkNamespaces.CreateAsync();
        await using var silo = await RunningSilo.ProvisionedAsync(Office, network);
        PhoneSetup Setup(string extension, int tone) => silo.Phone(extension, tone, transport) with { Domain = "office.example", Secret = "nat-" + extension };
        await using var inside = await BaresipPhone.RegisteredAsync(
            Setup("101", 440) with { Address = NetworkNamespaces.PhoneAddress, NetworkNamespace = network.Phone, Trace = true });
        await using var outside = await BaresipPhone.RegisteredAsync(Setup("102", 800));

        await Conversation.HoldAndResumeAsync(inside, outside);
        await inside.HangUpAsync();
        await inside.NextAsync("CALL_CLOSED");
        await outside.NextAsync("CALL_CLOSED");

        await Conversation.HoldAndResumeAsync(outside, inside);
        await inside.HangUpAsync();
        await outside.NextAsync("CALL_CLOSED");
    }
}
