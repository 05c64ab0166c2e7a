using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Accounts;

public class SignInTests
{
    [Fact]
    public async Task The_right_password_gives_a_cookie_that_scripts_and_other_sites_cannot_use()
    {
        await using var world = await WebWorld.Start();
        using var client = world.Client();

        using var response = await client.SignIn("101@acme.example", "pass-101");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        var account = await client.Get<Account>("/api/me");
        Assert.Equal(("101@acme.example", "User 101", "acme"), (account!.User, account.Name, account.Tenant.Name));
    }

    [Fact]
    public async Task Over_https_the_cookie_is_secure_and_for_this_host_alone()
    {
        await using var world = await WebWorld.Start(options: new FrontendOptions { IsTrustedProxy = _ => true });
        using var client = world.Client();
        client.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        using var response = await client.SignIn("101@acme.example", "pass-101");

        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-webphone=", cookie, StringComparison.Ordinal);
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("101@acme.example", "wrong")]
    [InlineData("199@acme.example", "pass-199")]
    [InlineData("101@nobody.example", "pass-101")]
    [InlineData("101", "pass-101")]
    [InlineData("110@acme.example", "")]
    public async Task Whoever_is_not_let_in_hears_the_same_after_the_same_time(string user, string password)
    {
        await using var world = await WebWorld.Start();
        using var client = world.Client();
        var since = Stopwatch.GetTimestamp();

        using var response = await client.SignIn(user, password);

        Assert.True(Stopwatch.GetElapsedTime(since) >= TimeSpan.FromMilliseconds(490));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<Problem>(HubClient.Json);
        Assert.Equal(new Problem(401, "wrong-credentials", "User or password is wrong.", null), problem);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Too_many_wrong_passwords_keep_the_right_one_out_for_a_while_and_nobody_else()
    {
        await using var world = await WebWorld.Start(options: new FrontendOptions { WrongPasswordsPerUserAndAddress = 2 });
        using var client = world.Client();
        for (var i = 0; i < 2; i++)
            (await client.SignIn("101@acme.example", "wrong")).Dispose();

        using var refused = await client.SignIn("101@acme.example", "pass-101");
        using var other = await client.SignIn("102@acme.example", "pass-102");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task An_address_that_guesses_is_kept_out_whoever_it_guesses_for()
    {
        await using var world = await WebWorld.Start(options: new FrontendOptions { WrongPasswordsPerAddress = 2 });
        using var client = world.Client();
        (await client.SignIn("101@acme.example", "wrong")).Dispose();
        (await client.SignIn("nobody@acme.example", "wrong")).Dispose();

        using var refused = await client.SignIn("102@acme.example", "pass-102");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Fact]
    public async Task A_page_of_somebody_else_can_neither_sign_in_nor_open_the_hub()
    {
        await using var world = await WebWorld.Start();
        var mine = await world.SignedIn("101");
        using var plain = new HttpClient { BaseAddress = world.Server };
        using var foreign = new HttpRequestMessage(HttpMethod.Delete, "/api/session");
        foreign.Headers.Add(HubPaths.RequestHeader, "1");
        foreign.Headers.Add("Origin", "https://evil.example");
        foreign.Headers.Add("Cookie", mine.Cookie);

        using var withoutHeader = await plain.PostAsJsonAsync("/api/session", new { user = "101@acme.example", password = "pass-101" });
        using var withOrigin = await plain.SendAsync(foreign);

        Assert.Equal(HttpStatusCode.Forbidden, withoutHeader.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, withOrigin.StatusCode);
        await using var hub = new HubClient();
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => hub.Connect(world.Server, mine.Cookie, "https://evil.example"));
    }

    [Theory]
    [InlineData("webphone=acme/101.0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("webphone=acme/101")]
    [InlineData("webphone=../../x.00")]
    [InlineData("webphone=acme/101/2.0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("webphone=")]
    [InlineData("other=1")]
    public async Task A_forged_cookie_opens_nothing(string cookie)
    {
        await using var world = await WebWorld.Start();
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = world.Server };
        http.DefaultRequestHeaders.Add("Cookie", cookie);

        using var me = await http.GetAsync("/api/me");

        Assert.Equal(HttpStatusCode.Unauthorized, me.StatusCode);
        await using var hub = new HubClient();
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => hub.Connect(world.Server, cookie));
    }

    [Fact]
    public async Task A_token_opens_the_account_that_it_is_of_and_no_other()
    {
        await using var world = await WebWorld.Start();
        var mine = await world.SignedIn("101");
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = world.Server };
        http.DefaultRequestHeaders.Add("Cookie", mine.Cookie.Replace("101.", "102.", StringComparison.Ordinal));

        using var me = await http.GetAsync("/api/me");

        Assert.Equal(HttpStatusCode.Unauthorized, me.StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_this_browser_and_no_other()
    {
        await using var world = await WebWorld.Start();
        var (here, there) = (await world.SignedIn("101"), await world.SignedIn("101"));
        var cookie = here.Cookie;

        using var left = await here.Http.DeleteAsync("/api/session");

        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = world.Server };
        http.DefaultRequestHeaders.Add("Cookie", cookie);
        using var me = await http.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.Unauthorized, me.StatusCode);
        Assert.NotNull(await there.Get<Account>("/api/me"));
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_browser_and_what_it_has_open()
    {
        await using var world = await WebWorld.Start();
        var here = await world.SignedIn("101");
        var there = await world.Open("101");

        using var left = await here.Http.DeleteAsync("/api/session?everywhere=true");

        Assert.Equal(SignOutReason.SignedOut, await there.Hub.Next<SignOutReason>("SignedOut"));
        await there.Hub.Over.WaitAsync(TimeSpan.FromSeconds(20));
        using var me = await there.Client.Http.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.Unauthorized, me.StatusCode);
    }

    [Fact]
    public async Task A_new_password_needs_the_old_one_and_ends_all_other_browsers()
    {
        await using var world = await WebWorld.Start();
        var here = await world.SignedIn("101");
        var there = await world.Open("101");

        using var wrong = await here.Http.PutAsJsonAsync("/api/me/password", new { current = "wrong", @new = "a better one" });
        using var weak = await here.Http.PutAsJsonAsync("/api/me/password", new { current = "pass-101", @new = "short" });
        using var changed = await here.Http.PutAsJsonAsync("/api/me/password", new { current = "pass-101", @new = "a better one" });

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.BadRequest, HttpStatusCode.NoContent), (wrong.StatusCode, weak.StatusCode, changed.StatusCode));
        Assert.Equal(SignOutReason.PasswordChanged, await there.Hub.Next<SignOutReason>("SignedOut"));
        Assert.NotNull(await here.Get<Account>("/api/me"));
        using var client = world.Client();
        using var before = await client.SignIn("101@acme.example", "pass-101");
        using var after = await client.SignIn("101@acme.example", "a better one");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task Settings_are_kept_and_nonsense_is_refused()
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("101");

        using var kept = await client.Http.PutAsJsonAsync("/api/me/settings", new { language = "de", theme = "dark", notifications = false });
        using var language = await client.Http.PutAsJsonAsync("/api/me/settings", new { language = "<script>", theme = "dark", notifications = false });
        using var theme = await client.Http.PutAsJsonAsync("/api/me/settings", new { language = "de", theme = "pink", notifications = false });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (kept.StatusCode, language.StatusCode, theme.StatusCode));
        var account = await client.Get<Account>("/api/me");
        Assert.Equal(new UserSettings("de", Webphone.Grains.Accounts.Theme.Dark, false), account!.Settings);
    }
}
