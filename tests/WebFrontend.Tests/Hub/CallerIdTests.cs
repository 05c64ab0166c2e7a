using Webphone.Grains.Calls;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Hub.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Hub;

public class CallerIdTests
{
    [Fact]
    public async Task The_account_lists_the_numbers_that_the_user_may_show()
    {
        await using var world = await WebWorld.Start();

        Assert.Equal(["+493055501", "+493055502"], (await (await world.SignedIn("101")).Get<Account>("/api/me"))!.CallerIds);
        Assert.Empty((await (await world.SignedIn("102")).Get<Account>("/api/me"))!.CallerIds);
    }

    [Trait("Feature", "OUT-07")]
    [Trait("Feature", "HIS-04")]
    [Fact]
    public async Task The_number_that_was_chosen_is_what_the_callee_sees_and_the_history_keeps()
    {
        await using var world = await WebWorld.Start();
        var (alice, bob) = (await world.Open("101"), await world.Open("102"));
        var leg = Browser.NewId();

        await alice.Hub.Ask<OfferResult>("Dial", new DialRequest(leg, "102", Browser.NewOffer(), "+493055502"));

        Assert.Equal("+493055502", (await bob.Rung()).Caller.Number);
        await alice.Hub.Do("HangUp", leg);
        await alice.Call(call => call.Phase == CallPhase.Ended);
        var lines = world.Journal.All.Single().History;
        Assert.Equal("+493055502", lines.Single(entry => entry.Extension == "101").Line);
        Assert.Equal("+493055502", lines.Single(entry => entry.Extension == "102").Peer.Number);
    }

    [Theory]
    [InlineData("101", "+4930999")]
    [InlineData("102", "+493055501")]
    [InlineData("101", "103")]
    public async Task A_number_that_is_not_the_users_is_refused(string extension, string number)
    {
        await using var world = await WebWorld.Start();
        var (caller, callee) = (await world.Open(extension), await world.Open("104"));

        await caller.Hub.Ask<OfferResult>("Dial", new DialRequest(Browser.NewId(), "104", Browser.NewOffer(), number));

        Assert.Equal(CallEnd.Forbidden, (await caller.Call(call => call.Phase == CallPhase.Ended)).End);
        Assert.Empty(callee.Shown.Calls);
    }
}
