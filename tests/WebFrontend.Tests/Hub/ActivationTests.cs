using System.Net;
using System.Net.Http.Json;
using Webphone.Grains.Browsers;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

/// <summary>109 may not call from the browser.</summary>
[Trait("Feature", "ACC-02")]
public class ActivationTests
{
    [Fact]
    public async Task Who_may_not_call_from_the_browser_signs_in_for_everything_else()
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("109");

        Assert.False((await client.Get<Account>("/api/me"))!.HasWebphone);
        Assert.NotEmpty((await client.Get<DirectoryPage>("/api/directory"))!.Entries);
        Assert.Empty((await client.Get<HistoryPage>("/api/history"))!.Entries);
        Assert.True((await (await world.SignedIn("101")).Get<Account>("/api/me"))!.HasWebphone);
    }

    [Fact]
    public async Task No_tab_of_theirs_becomes_a_phone_whatever_it_asks()
    {
        await using var world = await WebWorld.Start();
        var tab = await world.Open("109");

        Assert.False(tab.Shown.HoldsPhone);
        Assert.False(await tab.Hub.Ask<bool>("TakePhone"));
        Assert.Equal(OfferRefusal.NotHolder, (await tab.Dial(Browser.NewId(), "101", Browser.NewOffer())).Refusal);
        Assert.Empty((await world.User("109").GetView()).Devices);
        Assert.Empty(world.Journal.All);
    }

    [Fact]
    public async Task Their_closed_browser_is_not_woken_for_calls()
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("109");
        await using var service = await PushService.Start();
        using var browser = service.Subscribe((await client.Get<PushKey>("/api/push/key"))!.PublicKey!);

        using var response = await client.Http.PostAsJsonAsync("/api/push/subscription", browser.Subscription(null));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }
}
