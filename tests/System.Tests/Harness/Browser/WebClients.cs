using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Webphone.System.Tests.Harness.Browser;

/// <summary>The pages with other makers' SIP phones (JsSIP, SIP.js), bundled once by npm and served from memory.</summary>
public sealed class WebClients : IAsyncLifetime
{
    private readonly Scratch _scratch = new();
    private readonly HttpListener _listener = new();
    private Task _serving = Task.CompletedTask;

    private string _address = "";
    private string? _missing;

    /// <summary>Where the pages are; skips the test where they could not be made.</summary>
    public string Address
    {
        get
        {
            Assert.SkipWhen(_missing is not null, _missing ?? "");
            return _address;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Needs.Find("npm") is not { } npm || Needs.Find("node") is null)
        {
            _missing = "npm is not installed (apt-get install nodejs npm)";
            return;
        }
        var folder = Folder();
        // Two runs at once must not install over each other.
        await using (await LockAsync(Path.Combine(Path.GetTempPath(), "webphone-web-clients.lock")))
        {
            if (!File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")) && await FailureOfInstallAsync(npm, folder) is { } failure)
            {
                _missing = $"npm ci failed in {folder} (no registry?): {failure}";
                return;
            }
        }
        await ChildProcess.RunAsync(npm, "--prefix", folder, "run", "--silent", "build", "--", $"--outdir={_scratch.At("web")}");
        _address = $"http://127.0.0.1:{Ports.Free()}";
        _listener.Prefixes.Add($"{_address}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        _scratch.Dispose();
    }

    private static async Task<string?> FailureOfInstallAsync(string npm, string folder)
    {
        await using var install = ChildProcess.Start(npm, ["--prefix", folder, "ci", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000"]);
        return await install.WaitForExitAsync(TimeSpan.FromMinutes(5)) == 0 ? null : install.Output;
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "Web"));

    private static async Task<FileStream> LockAsync(string file)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
        }
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The browser went away in the middle, or nobody needs the pages any more.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var name = Path.GetFileName(context.Request.Url!.AbsolutePath);
        var isScript = name.EndsWith(".js", StringComparison.Ordinal);
        var body = isScript && File.Exists(_scratch.At(Path.Combine("web", name)))
            ? await File.ReadAllBytesAsync(_scratch.At(Path.Combine("web", name)))
            : Encoding.UTF8.GetBytes($"<!doctype html><title>{name}</title><script src=\"/{name}.js\"></script>");
        context.Response.ContentType = isScript ? "text/javascript" : "text/html";
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}
