using System.Net;
using System.Net.Http.Json;
using Webphone.WebFrontend.Hub.Contracts;

namespace Webphone.WebFrontend.Tests.Harness;

/// <summary>One browser profile: its cookie, and what it asks of the API.</summary>
internal sealed class WebClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly CookieContainer _cookies = new();

    public WebClient(Uri server)
    {
        Server = server;
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, UseProxy = false }) { BaseAddress = server };
        _http.DefaultRequestHeaders.Add(HubPaths.RequestHeader, "1");
        _http.DefaultRequestHeaders.Add("User-Agent", "test browser");
    }

    public Uri Server { get; }

    public HttpClient Http => _http;

    /// <summary>As the browser would send it.</summary>
    public string Cookie => _cookies.GetCookieHeader(Server);

    /// <summary>Has the cookie of a sign-in from now on.</summary>
    public void Keep(string userKey, string token) => _cookies.Add(Server, new Cookie("webphone", Uri.EscapeDataString($"{userKey}.{token}")));

    public Task<HttpResponseMessage> SignIn(string user, string password) =>
        _http.PostAsJsonAsync("/api/session", new { user, password });

    public Task<T?> Get<T>(string path) => _http.GetFromJsonAsync<T>(path, HubClient.Json);

    public void Dispose() => _http.Dispose();
}
