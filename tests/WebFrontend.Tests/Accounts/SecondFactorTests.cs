using System.Net;
using System.Net.Http.Json;
using Webphone.Grains.Accounts;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Tests.Harness;
using WebClient = Webphone.WebFrontend.Tests.Harness.WebClient;

namespace Webphone.WebFrontend.Tests.Accounts;

public class SecondFactorTests
{
    private const string User = "102@acme.example";
    private const string Password = "pass-102";

    private readonly long _step = Totp.StepAt(DateTimeOffset.UtcNow);

    [Trait("Feature", "ACC-06")]
    [Fact]
    public async Task Once_it_is_set_up_signing_in_takes_a_code_that_counts_once()
    {
        await using var world = await WebWorld.Start();
        var (secret, _) = await Enable(await world.SignedIn("102"));
        using var client = world.Client();

        Assert.Equal("code-needed", await Refusal(client, new { user = User, password = Password }));
        Assert.Equal("wrong-code", await Refusal(client, new { user = User, password = Password, code = "123" }));
        // The code that set it up is of this period, and was used.
        Assert.Equal("wrong-code", await Refusal(client, new { user = User, password = Password, code = Code(secret, 0) }));
        var next = Code(secret, 1);
        using var signedIn = await client.Http.PostAsJsonAsync("/api/session", new { user = User, password = Password, code = next });
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        using var other = world.Client();
        Assert.Equal("wrong-code", await Refusal(other, new { user = User, password = Password, code = next }));
    }

    [Fact]
    public async Task A_wrong_password_is_refused_as_ever_and_says_nothing_of_codes()
    {
        await using var world = await WebWorld.Start();
        var (secret, _) = await Enable(await world.SignedIn("102"));
        using var client = world.Client();

        Assert.Equal("wrong-credentials", await Refusal(client, new { user = User, password = "wrong", code = Code(secret, 1) }));
    }

    [Fact]
    public async Task A_recovery_code_signs_in_once()
    {
        await using var world = await WebWorld.Start();
        var owner = await world.SignedIn("102");
        var (_, codes) = await Enable(owner);
        Assert.Equal(SecondFactorLimits.RecoveryCodes, codes.Distinct().Count());
        using var client = world.Client();

        using var signedIn = await client.Http.PostAsJsonAsync("/api/session", new { user = User, password = Password, code = codes[3].ToLowerInvariant() });

        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        Assert.Equal(new SecondFactorStatus(true, SecondFactorLimits.RecoveryCodes - 1), await owner.Get<SecondFactorStatus>("/api/me/second-factor"));
        using var other = world.Client();
        Assert.Equal("wrong-code", await Refusal(other, new { user = User, password = Password, code = codes[3] }));
    }

    [Fact]
    public async Task A_browser_that_is_remembered_is_not_asked_again_and_needs_the_password_still()
    {
        await using var world = await WebWorld.Start();
        var (secret, _) = await Enable(await world.SignedIn("102"));
        using var client = world.Client();
        using var first = await client.Http.PostAsJsonAsync("/api/session", new { user = User, password = Password, code = Code(secret, 1), remember = true });
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        (await client.Http.DeleteAsync("/api/session")).Dispose();

        using var again = await client.SignIn(User, Password);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("wrong-credentials", await Refusal(client, new { user = User, password = "wrong" }));
        using var other = world.Client();
        Assert.Equal("code-needed", await Refusal(other, new { user = User, password = Password }));
    }

    [Fact]
    public async Task Wrong_codes_have_a_limit_and_other_users_do_not_feel_it()
    {
        await using var world = await WebWorld.Start(options: new FrontendOptions { WrongPasswordsPerAddress = 1_000, WrongPasswordsPerUserAndAddress = 1_000, WrongPasswordsPerUser = 1_000 });
        var (secret, _) = await Enable(await world.SignedIn("102"));
        using var client = world.Client();
        for (var i = 0; i < SecondFactorLimits.WrongCodes; i++)
            Assert.Equal("wrong-code", await Refusal(client, new { user = User, password = Password, code = "not it" }));

        using var right = await client.Http.PostAsJsonAsync("/api/session", new { user = User, password = Password, code = Code(secret, 1) });

        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
        Assert.True(right.Headers.RetryAfter!.Delta > TimeSpan.FromMinutes(50));
        using var other = await client.SignIn("103@acme.example", "pass-103");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Setting_it_up_and_taking_it_away_ask_for_the_password()
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("102");
        foreach (var path in new[] { "", "/recovery-codes", "/removal" })
        {
            using var refused = await client.Http.PostAsJsonAsync("/api/me/second-factor" + path, new PasswordProof("wrong"));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        var (_, codes) = await Enable(client);

        using var renewed = await client.Http.PostAsJsonAsync("/api/me/second-factor/recovery-codes", new PasswordProof(Password));
        Assert.Empty((await renewed.Content.ReadFromJsonAsync<RecoveryCodes>(HubClient.Json))!.Codes.Intersect(codes));
        using var removed = await client.Http.PostAsJsonAsync("/api/me/second-factor/removal", new PasswordProof(Password));

        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(new SecondFactorStatus(false, 0), await client.Get<SecondFactorStatus>("/api/me/second-factor"));
        using var other = world.Client();
        using var signedIn = await other.SignIn(User, Password);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
    }

    [Fact]
    public async Task A_secret_that_was_never_confirmed_asks_nobody_for_codes()
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("102");
        using var begun = await client.Http.PostAsJsonAsync("/api/me/second-factor", new PasswordProof(Password));
        Assert.Contains("otpauth://totp/Webphone%3A102%40acme.example?secret=", (await begun.Content.ReadFromJsonAsync<SecondFactorSecret>(HubClient.Json))!.Uri, StringComparison.Ordinal);

        using var wrong = await client.Http.PutAsJsonAsync("/api/me/second-factor", new SecondFactorCode("no code"));

        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        using var other = world.Client();
        using var signedIn = await other.SignIn(User, Password);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
    }

    private async Task<(string Secret, IReadOnlyList<string> Codes)> Enable(WebClient client)
    {
        using var begun = await client.Http.PostAsJsonAsync("/api/me/second-factor", new PasswordProof(Password));
        var secret = (await begun.Content.ReadFromJsonAsync<SecondFactorSecret>(HubClient.Json))!.Secret;
        using var enabled = await client.Http.PutAsJsonAsync("/api/me/second-factor", new SecondFactorCode(Code(secret, 0)));
        Assert.Equal(HttpStatusCode.OK, enabled.StatusCode);
        return (secret, (await enabled.Content.ReadFromJsonAsync<RecoveryCodes>(HubClient.Json))!.Codes);
    }

    private static async Task<string> Refusal(WebClient client, object request)
    {
        using var response = await client.Http.PostAsJsonAsync("/api/session", request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<Problem>(HubClient.Json))!.Code;
    }

    /// <summary>What the user's app showed when the test began, or shows some periods later.</summary>
    private string Code(string secret, int periods) => Totp.CodeAt(FromBase32(secret), _step + periods);

    private static byte[] FromBase32(string text)
    {
        var bits = string.Concat(text.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
