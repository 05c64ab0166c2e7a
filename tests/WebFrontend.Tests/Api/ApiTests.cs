using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Webphone.WebFrontend.Api.Contracts;
using Webphone.WebFrontend.Tests.Harness;

namespace Webphone.WebFrontend.Tests.Api;

public class ApiTests
{
    [Fact]
    public async Task The_OpenAPI_document_names_every_endpoint_and_no_other()
    {
        await using var world = await WebWorld.Start();
        using var client = world.Client();
        using var document = JsonDocument.Parse(await client.Http.GetByteArrayAsync("/api/openapi.json"));

        var described = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        var served = world.Endpoints.Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}"));

        Assert.Equal(served.Order(), described.Order());
    }

    [Fact]
    public async Task The_OpenAPI_schemas_have_the_members_of_the_contracts()
    {
        await using var world = await WebWorld.Start();
        using var client = world.Client();
        using var document = JsonDocument.Parse(await client.Http.GetByteArrayAsync("/api/openapi.json"));
        var contracts = typeof(Account).Assembly.GetExportedTypes().Where(type => type.Namespace?.EndsWith(".Contracts", StringComparison.Ordinal) == true);

        foreach (var schema in document.RootElement.GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            var type = contracts.Single(contract => contract.Name == schema.Name);
            var members = type.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
            Assert.Equal(members.Order(), schema.Value.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order());
        }
    }

    [Theory]
    [InlineData("/api/me")]
    [InlineData("/api/directory")]
    [InlineData("/api/history")]
    [InlineData("/api/recordings")]
    [InlineData("/api/recordings/access")]
    [InlineData("/api/recordings/0123456789abcdef0123456789abcdef")]
    [InlineData("/api/recordings/0123456789abcdef0123456789abcdef/wave")]
    public async Task Nobody_reads_anything_without_signing_in(string path)
    {
        await using var world = await WebWorld.Start();
        using var client = world.Client();

        using var response = await client.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task The_directory_is_searched_by_name_and_by_the_beginning_of_an_extension()
    {
        await using var world = await WebWorld.Start();
        var client = await world.SignedIn("101");

        Assert.Equal(10, (await client.Get<DirectoryPage>("/api/directory"))!.Entries.Length);
        Assert.Equal(["110"], (await client.Get<DirectoryPage>("/api/directory?search=110"))!.Entries.Select(entry => entry.Extension));
        Assert.Equal(["103"], (await client.Get<DirectoryPage>("/api/directory?search=user%20103"))!.Entries.Select(entry => entry.Extension));
        var some = await client.Get<DirectoryPage>("/api/directory?count=3");
        Assert.Equal((3, true), (some!.Entries.Length, some.More));
    }

    [Fact]
    public async Task Every_response_keeps_other_pages_from_framing_it_and_inline_code_from_running()
    {
        await using var world = await WebWorld.Start();
        using var client = world.Client();

        foreach (var path in new[] { "/", "/api/me", "/status", "/nowhere" })
        {
            using var response = await client.Http.GetAsync(path);
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task The_app_is_served_with_its_own_addresses_and_hashed_files_are_kept_for_ever()
    {
        var folder = Directory.CreateTempSubdirectory("webphone-app");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "assets"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "index.html"), "<!doctype html><title>app</title>");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "assets", "main-abc.js"), new string(' ', 5000));
            await using var world = await WebWorld.Start(options: new FrontendOptions { AppFolder = folder.FullName });
            using var client = world.Client();

            foreach (var path in new[] { "/", "/webphone", "/webphone/login" })
            {
                using var page = await client.Http.GetAsync(path);
                Assert.Contains("<title>app", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                Assert.Equal("no-cache", page.Headers.CacheControl!.ToString());
            }
            using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/main-abc.js") { Headers = { { "Accept-Encoding", "br" } } };
            using var script = await client.Http.SendAsync(request);
            Assert.Equal("br", Assert.Single(script.Content.Headers.ContentEncoding));
            Assert.Contains("immutable", script.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            using var again = new HttpRequestMessage(HttpMethod.Get, "/assets/main-abc.js") { Headers = { { "If-None-Match", script.Headers.ETag!.ToString() } } };
            Assert.Equal(HttpStatusCode.NotModified, (await client.Http.SendAsync(again)).StatusCode);
            foreach (var path in new[] { "/assets/none.js", "/../Webphone.sln", "/%2e%2e/secret.txt", "/api/nothing" })
                Assert.Equal(HttpStatusCode.NotFound, (await client.Http.GetAsync(path)).StatusCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
