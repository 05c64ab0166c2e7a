using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Webphone.Grains.Phones;
using Webphone.WebFrontend.Phones;
using Webphone.WebFrontend.Tests.Harness;
using WebClient = Webphone.WebFrontend.Tests.Harness.WebClient;

namespace Webphone.WebFrontend.Tests.Phones;

/// <summary>Who gets a phone's configuration, and who does not.</summary>
public sealed class PhoneEndpointsTests
{
    [Fact]
    public async Task A_phone_gets_its_file_at_its_secret_path_and_nobody_else_does()
    {
        await using var world = await WebWorld.Start();
        using var http = new HttpClient { BaseAddress = world.Server };
        var token = await world.Grains.GetGrain<IPhoneGrain>(WebDirectory.Phone).GetToken();
        using (var right = await http.GetAsync($"/provision/{WebDirectory.Phone}-{token}/{WebDirectory.Phone}.cfg"))
        {
            Assert.Equal(HttpStatusCode.OK, right.StatusCode);
            Assert.True(right.Headers.CacheControl!.NoStore);
            Assert.Contains($"account.1.password = {WebDirectory.PhoneSecret}\n", await right.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        foreach (var path in new[]
        {
            $"{WebDirectory.Phone}-{new string('0', 32)}/{WebDirectory.Phone}.cfg", $"{WebDirectory.Phone}-/{WebDirectory.Phone}.cfg", $"{WebDirectory.Phone}/{WebDirectory.Phone}.cfg",
            $"001565ffffff-{token}/001565ffffff.cfg", $"{WebDirectory.Phone}-{token}0/{WebDirectory.Phone}.cfg", $"{WebDirectory.Phone}-{token}/001565ffffff.cfg",
        })
        {
            using var wrong = await http.GetAsync($"/provision/{path}");
            Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
            Assert.DoesNotContain(WebDirectory.PhoneSecret, await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_guesses_gets_nothing_for_a_while_even_with_the_right_path()
    {
        await using var world = await WebWorld.Start();
        using var http = new HttpClient { BaseAddress = world.Server };
        var token = await world.Grains.GetGrain<IPhoneGrain>(WebDirectory.Phone).GetToken();
        for (var i = 0; i < PhoneGuesses.Most; i++)
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/provision/{WebDirectory.Phone}-{i:d32}/{WebDirectory.Phone}.cfg")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await http.GetAsync($"/provision/{WebDirectory.Phone}-{token}/{WebDirectory.Phone}.cfg")).StatusCode);
    }

    [Fact]
    public async Task An_administrator_sees_the_paths_and_changes_them()
    {
        await using var world = await WebWorld.Start();
        using var client = new WebClient(world.Server);
        var phone = Assert.Single((await client.Http.GetFromJsonAsync<JsonArray>("/provision/phones.json"))!)!;
        Assert.Equal((WebDirectory.Phone, "101"), ((string?)phone["mac"], (string?)phone["extension"]));
        var before = (string)phone["path"]!;
        Assert.Equal(HttpStatusCode.OK, (await client.Http.GetAsync($"/provision/{before}{WebDirectory.Phone}.cfg")).StatusCode);
        using var rotated = await client.Http.PostAsync("/provision/phones/00:15:65:00:00:01/rotate", null);
        var after = (string)(await rotated.Content.ReadFromJsonAsync<JsonNode>())!["path"]!;
        Assert.NotEqual(before, after);
        Assert.Equal(HttpStatusCode.NotFound, (await client.Http.GetAsync($"/provision/{before}{WebDirectory.Phone}.cfg")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.Http.GetAsync($"/provision/{after}{WebDirectory.Phone}.cfg")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.Http.PostAsync("/provision/phones/001565ffffff/rotate", null)).StatusCode);
    }

    [Fact]
    public async Task A_page_of_others_rotates_nothing_and_a_foreign_host_lists_nothing()
    {
        await using var world = await WebWorld.Start();
        using var http = new HttpClient { BaseAddress = world.Server };
        Assert.Equal(HttpStatusCode.Forbidden, (await http.PostAsync($"/provision/phones/{WebDirectory.Phone}/rotate", null)).StatusCode);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/provision/phones.json");
        foreign.Headers.Host = "phones.evil.example";
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(foreign)).StatusCode);
    }
}
