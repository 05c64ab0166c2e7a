using System.Net;
using Webphone.Net.WebPush;
using Webphone.Silo.Settings;
using Webphone.WebFrontend;

namespace Webphone.Silo.Hosting;

/// <summary>The frontend's options by the settings of the program.</summary>
internal static class FrontendSettings
{
    /// <summary>Beside the published program.</summary>
    private const string PublishedApp = "app";

    private static readonly string SourceApp = Path.Combine("WebFrontend", "ClientApp", "dist");

    public static FrontendOptions Of(WebphoneOptions options) => new()
    {
        AppFolder = options.AppFolder ?? FindApp(),
        IceUrls = options.IceServers,
        TurnSecret = options.TurnSecret,
        IsTrustedProxy = address => IPAddress.IsLoopback(address) || options.Trusts(address),
        IsPushEndpoint = endpoint => new PushNetworks(options.PushNetworks).TryRead(endpoint, out _),
    };

    /// <summary>Null when the app was not built: the page then says how to.</summary>
    private static string? FindApp()
    {
        var published = Path.Combine(AppContext.BaseDirectory, PublishedApp);
        if (Directory.Exists(published)) return published;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, SourceApp);
            if (Directory.Exists(built)) return built;
        }

        return null;
    }
}
