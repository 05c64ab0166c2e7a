using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests;

/// <summary>A second make of phone, so that we do not fit ourselves to one.</summary>
[Trait("Shows", "2")]
public sealed class LinphoneTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private RunningSilo Silo => fixture.Silo;

    [Fact]
    public async Task Baresip_calls_linphone()
    {
        await using var linphone = await LinphonePhone.RegisteredAsync(Silo, "102", 800);
        await using var baresip = await BaresipPhone.RegisteredAsync(Silo.Phone("101"));
        await baresip.DialAsync("102");
        await linphone.PrintsAsync("Receiving new incoming call");
        await linphone.AnswerAsync();
        await baresip.NextAsync("CALL_ESTABLISHED");
        await baresip.HearsAsync(800);
        await linphone.HearsAsync(440);
        await baresip.HangUpAsync();
        await linphone.PrintsAsync("Call \\d+ with .* ended");
    }

    [Fact]
    public async Task Linphone_calls_baresip_by_the_servers_address()
    {
        await using var linphone = await LinphonePhone.RegisteredAsync(Silo, "103", 800);
        await using var baresip = await BaresipPhone.RegisteredAsync(Silo.Phone("104"));
        await linphone.DialAsync($"sip:104@{Silo.Address}:{Silo.SipPort}", 1);
        await baresip.NextAsync("CALL_INCOMING");
        await baresip.AnswerAsync();
        await linphone.PrintsAsync("Call \\d+ .*connected");
        await baresip.HearsAsync(800);
        await linphone.HearsAsync(440);
        await linphone.HangUpAsync();
        await baresip.NextAsync("CALL_CLOSED");
    }
}
