using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>The provisioning file of a running program.</summary>
public sealed class ProvisioningTests
{
    private const string Good = """
        {
          "tenants": [
            { "name": "acme", "domain": "acme.example",
              "users": [ { "extension": "201", "name": "Ada Lovelace", "secret": "first" } ] }
          ]
        }
        """;

    [Fact]
    public async Task A_broken_file_is_refused_at_the_start_with_line_and_reason()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("bad.json", "{\n  \"tenants\": [\n    { \"name\": \"acme\", \"domain\": 5 }\n  ]\n}\n");
        var (code, output) = await RunningSilo.RefusedAsync("--provision", file, "--data", scratch.At("data"), "--sip-port", $"{Ports.Free()}");
        Assert.NotEqual(0, code);
        Assert.Matches("(line |:)3\\b", output);
        Assert.Contains("domain", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_applied_and_a_broken_change_changes_nothing()
    {
        await using var silo = await RunningSilo.ProvisionedAsync(Good);
        using var ada = new SipPeer(silo, "201", "first", "acme.example");
        Assert.Equal(200, (await ada.RegisterAsync()).Status);

        silo.Files.Write("provision.json", Good.Replace("] }", "],,, }", StringComparison.Ordinal).Replace("first", "second", StringComparison.Ordinal));
        await silo.Process.WaitForLineAsync("provision.*line|line.*provision|[Pp]rovision.*refused");
        Assert.Equal(200, (await ada.RegisterAsync()).Status);

        // One user more, for the log to tell the change from the start: who asks with a new password all the time is taken for one who guesses.
        const string More = """{ "extension": "202", "secret": "more" }, { "extension":""";
        silo.Files.Write("provision.json", Good.Replace("first", "second", StringComparison.Ordinal).Replace("{ \"extension\":", More, StringComparison.Ordinal));
        await silo.Process.WaitForLineAsync("Provisioned 1 tenants with 2 users");
        using var changed = new SipPeer(silo, "201", "second", "acme.example");
        Assert.Equal(200, (await changed.RegisterAsync()).Status);
        Assert.NotEqual(200, (await ada.RegisterAsync()).Status);
    }

    [Fact]
    public async Task Secrets_are_not_stored_in_clear()
    {
        await using var silo = await RunningSilo.ProvisionedAsync(Good.Replace("first", "a-very-secret-word", StringComparison.Ordinal));
        using var ada = new SipPeer(silo, "201", "a-very-secret-word", "acme.example");
        Assert.Equal(200, (await ada.RegisterAsync()).Status);
        await silo.StopAsync();
        foreach (var file in Directory.EnumerateFiles(silo.DataFolder, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain("a-very-secret-word", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("a-very-secret-word", silo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_tenants_do_not_see_each_other()
    {
        await using var silo = await RunningSilo.ProvisionedAsync("""
            { "tenants": [
              { "name": "a", "domain": "a.example", "userRanges": [ { "first": 101, "count": 5, "secretPrefix": "s-" } ] },
              { "name": "b", "domain": "b.example", "userRanges": [ { "first": 101, "count": 5, "secretPrefix": "s-" } ] } ] }
            """);
        using var caller = await SipPeer.RegisteredAsync(new SipPeer(silo, "101", "s-101", "a.example"));
        using var wrong = await SipPeer.RegisteredAsync(new SipPeer(silo, "102", "s-102", "b.example"));
        using var audio = new RtpPeer();
        var call = await caller.InviteAsync("102", audio.Sdp());
        await call.ExpectAsync(480);
        Assert.Null(await wrong.Wire.TryReceiveAsync(m => m.IsRequest, TimeSpan.FromMilliseconds(300)));
    }
}
