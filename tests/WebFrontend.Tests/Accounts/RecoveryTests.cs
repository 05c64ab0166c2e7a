using System.Net;
using System.Net.Http.Json;
using Webphone.Grains.Accounts;
using Webphone.Grains.Installation;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Accounts;

public class RecoveryTests
{
    private const string New = "a new password";

    [Trait("Feature", "ACC-07")]
    [Fact]
    public async Task A_link_sets_a_new_password_once_and_ends_every_sign_in()
    {
        await using var world = await WebWorld.Start();
        var signedIn = await world.SignedIn("102");
        var tab = await world.Open(signedIn);
        var token = await Link(world, "acme/102");
        using var client = world.Client();

        using var done = await client.Http.PostAsJsonAsync("/api/recovery", new PasswordRecovery(token, New));

        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        await tab.Hub.Over.WaitAsync(TimeSpan.FromSeconds(20));
        using var after = await signedIn.Http.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
        using var old = await client.SignIn("102@acme.example", "pass-102");
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        using var fresh = await client.SignIn("102@acme.example", New);
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
        using var again = await client.Http.PostAsJsonAsync("/api/recovery", new PasswordRecovery(token, "another password"));
        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
    }

    [Fact]
    public async Task A_sign_in_of_before_ends_at_once_even_where_it_was_believed_a_moment_ago()
    {
        await using var world = await WebWorld.Start();
        var signedIn = await world.SignedIn("102");
        using var before = await signedIn.Http.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, await Recover(world, await Link(world, "acme/102"), New));

        using var after = await signedIn.Http.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task A_password_that_was_changed_meanwhile_ends_the_link()
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("102");
        var token = await Link(world, "acme/102");
        using var changed = await client.Http.PutAsJsonAsync("/api/me/password", new PasswordChange("pass-102", New));
        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);

        Assert.Equal(HttpStatusCode.Forbidden, await Recover(world, token, "another password"));
    }

    [Fact]
    public async Task A_link_that_is_forged_over_or_of_nobody_changes_nothing()
    {
        await using var world = await WebWorld.Start();
        var forged = RecoveryLinks.Make(new byte[32], "acme/102", RecoveryLinks.MarkOf(null), DateTimeOffset.UtcNow.AddHours(1));

        Assert.Equal(HttpStatusCode.Forbidden, await Recover(world, forged, New));
        Assert.Equal(HttpStatusCode.Forbidden, await Recover(world, await Link(world, "acme/102", TimeSpan.FromSeconds(-1)), New));
        Assert.Equal(HttpStatusCode.Forbidden, await Recover(world, await Link(world, "acme/999"), New));
        Assert.Equal(HttpStatusCode.BadRequest, await Recover(world, await Link(world, "acme/102"), "short"));
        using var client = world.Client();
        using var old = await client.SignIn("102@acme.example", "pass-102");
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
    }

    private static async Task<HttpStatusCode> Recover(WebWorld world, string token, string password)
    {
        using var client = world.Client();
        using var response = await client.Http.PostAsJsonAsync("/api/recovery", new PasswordRecovery(token, password));
        return response.StatusCode;
    }

    private static async Task<string> Link(WebWorld world, string userKey, TimeSpan? holds = null)
    {
        var secrets = await world.Grains.GetGrain<IInstallationGrain>(IInstallationGrain.Key).GetSecrets();
        var password = await world.Grains.GetGrain<IAccountGrain>(userKey).GetPassword();
        return RecoveryLinks.Make(secrets.RecoveryKey.AsSpan(), userKey, RecoveryLinks.MarkOf(password), DateTimeOffset.UtcNow + (holds ?? RecoveryLinks.Duration));
    }
}
