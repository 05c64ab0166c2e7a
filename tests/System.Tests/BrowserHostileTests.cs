using System.Net;
using System.Text.Json;
using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>Issue 4, shows 7, in a real browser that is on a call: framing, inline code, requests of other pages and forged cookies come to nothing, and the call goes on.</summary>
[Trait("Shows", "7")]
public sealed class BrowserHostileTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private const int Said = 1000;

    /// <summary>The browser's own wall between the network and this machine is taken down: the server's answers have to do.</summary>
    private const string NoWall = "--disable-features=LocalNetworkAccessChecks";

    private RunningSilo Silo => fixture.Silo;

    [Fact]
    public async Task What_other_pages_and_forged_cookies_try_comes_to_nothing_and_the_call_goes_on()
    {
        await using var browser = await Chromium.StartAsync(Said, "--allow-loopback-in-peer-connection", NoWall);
        await using var app = await AppPage.SignedInAsync(browser, Silo, "101");
        await app.DialAsync("*43");
        await app.CardAsync("connected");
        await app.HearsAsync(Said);

        // Code that somebody smuggled into the page does not run.
        await app.Page.EvaluateAsync("(() => { const code = document.createElement('script'); code.textContent = 'window.smuggled = true'; document.body.append(code); })()");
        await app.Page.EvaluateAsync("document.body.insertAdjacentHTML('beforeend', '<img src=\"/none.png\" onerror=\"window.smuggled = true\">')");
        await app.Page.UntilAsync("document.querySelector('img[src=\"/none.png\"]').complete");
        Assert.False((await app.Page.EvaluateAsync("window.smuggled === true"))!.GetValue<bool>());

        // A page from elsewhere, in the same browser, can neither frame the app nor act for its user.
        var own = JsonSerializer.Serialize($"http://127.0.0.1:{Silo.WebPort}");
        await using var elsewhere = await browser.OpenAsync("data:text/html,<p>elsewhere</p>");
        await elsewhere.EvaluateAsync($"(() => {{ const frame = document.createElement('iframe'); frame.src = {own} + '/'; document.body.append(frame); }})()");
        await elsewhere.WroteAsync("failed: .*ERR_BLOCKED_BY_RESPONSE");
        var acted = await elsewhere.EvaluateAsync($"fetch({own} + '/api/session', {{ method: 'DELETE', credentials: 'include', headers: {{ 'X-Webphone': '1' }} }}).then((answer) => answer.status, () => 0)");
        Assert.Equal(0, acted!.GetValue<int>());

        // A cookie that somebody made up, and none.
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        foreach (var cookie in (string[])["webphone=forged", $"webphone={new string('A', 3000)}", "webphone=office/101"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Silo.Web("/api/me"));
            request.Headers.Add("Cookie", cookie);
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        await app.StatusAsync("inCall");
        await app.HearsAsync(Said);
    }
}
