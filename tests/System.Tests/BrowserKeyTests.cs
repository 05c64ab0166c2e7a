using Webphone.System.Tests.Harness;
using Webphone.System.Tests.Harness.Browser;

namespace Webphone.System.Tests;

/// <summary>The keys that the provisioning file gives a user's desk phones, in a page of the same user.</summary>
public sealed class BrowserKeyTests
{
    private const string Keys = """
        { "type": "blf", "number": "101" }, { "type": "blf", "number": "103", "label": "Reception" }, { "type": "park", "number": "701" },
        { "type": "conference", "label": "Meet" }, { "type": "dnd" }, { "type": "speed", "number": "0301234567", "label": "Taxi" }
        """;

    [Trait("Feature", "SID-02")]
    [Fact]
    public async Task SID_02_An_open_page_has_the_keys_of_a_desk_phone_as_soon_as_the_file_gives_them()
    {
        await using var silo = await RunningSilo.ProvisionedAsync(Office(Keys));
        await using var browser = await Chromium.StartAsync();
        await using var app = await AppPage.SignedInAsync(browser, silo, "102");
        await app.PanelAsync(PanelTab.Keys);
        await ShowsAsync(app, "Ada Lovelace Reception 701 Meet Taxi");

        silo.Files.Write("provision.json", Office("""{ "type": "speed", "number": "110", "label": "Police" }, { "type": "blf", "number": "103" }"""));
        await ShowsAsync(app, "Police Grace Hopper");

        silo.Files.Write("provision.json", Office(Keys));
        await ShowsAsync(app, "Ada Lovelace Reception 701 Meet Taxi");
    }

    /// <summary>Waits until the keys have these names, as far as they have any of their own.</summary>
    private static Task ShowsAsync(AppPage app, string names) => app.Page.UntilAsync(
        $"[...document.querySelectorAll('aside li [data-kind] > :nth-child(2)')].map(key => key.innerText.replace(/^.* (?=701$)/, '')).join(' ') === '{names}'");

    private static string Office(string keys) => $$"""
        { "tenants": [ { "name": "office", "domain": "{{RunningSilo.Domain}}", "digestAlgorithms": ["MD5"],
          "users": [
            { "extension": "101", "name": "Ada Lovelace", "secret": "demo-101", "password": "demo-101" },
            { "extension": "102", "secret": "demo-102", "password": "demo-102", "keys": [ {{keys}} ] },
            { "extension": "103", "name": "Grace Hopper", "secret": "demo-103", "password": "demo-103" } ] } ] }
        """;
}
