using Webphone.Grains.Accounts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Accounts;

[Trait("Feature", "ACC-17")]
public class IdleSignInTests
{
    [Fact]
    public async Task A_sign_in_that_is_not_used_for_as_long_as_the_organisation_says_is_over()
    {
        await using var world = await WebWorld.Start();
        var account = world.Grains.GetGrain<IAccountGrain>("acme/102");
        var token = await account.Open("a browser");
        Assert.Null((await account.Check(token))!.SignOutAfter);

        world.Directory.SignOutAfter = TimeSpan.FromMinutes(5);
        Assert.Equal(TimeSpan.FromMinutes(5), (await account.Check(token))!.SignOutAfter);

        world.Directory.SignOutAfter = TimeSpan.Zero;
        Assert.Null(await account.Check(token));
    }

    [Fact]
    public async Task The_page_is_told_when_it_is_to_sign_out()
    {
        await using var world = await WebWorld.Start();
        world.Directory.SignOutAfter = TimeSpan.FromMinutes(30);

        var account = await (await world.SignedIn("102")).Get<Webphone.WebFrontend.Api.Contracts.Account>("/api/me");

        Assert.Equal(30, account!.SignOutMinutes);
    }
}
