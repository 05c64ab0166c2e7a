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

    public string Address { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var npm = Needs.Program("npm", "npm");
        Needs.Program("node", "nodejs");
        var folder = Folder();
        // Two runs at once must not install over each other.
        await using (await LockAsync(Path.Combine(Path.GetTempPath(), "webphone-web-clients.lock")))
        {
            if (!Directory.Exists(Path.Combine(folder, "node_modules", "sip.js")))
                await ChildProcess.RunAsync(npm, "--prefix", folder, "ci", "--no-audit", "--no-fund");
        }
        await ChildProcess.RunAsync(npm, "--prefix", folder, "run", "--silent", "build", "--", $"--outdir={_scratch.At("web")}");
        Address = $"http://127.0.0.1:{Ports.Free()}";
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        _scratch.Dispose();
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
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
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
}
