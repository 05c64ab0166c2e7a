using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Webphone.Benchmarks.Load;

/// <summary>The built program as a process of its own, with so many users in one tenant.</summary>
internal sealed class LoadServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private LoadServer(Process process, DirectoryInfo folder) => (_process, _folder) = (process, folder);

    public Uri Web { get; private set; } = new("http://localhost");

    public IPEndPoint Sip { get; private set; } = new(IPAddress.Loopback, 0);

    public static async Task<LoadServer> Start(int users, int firstExtension)
    {
        var folder = Directory.CreateTempSubdirectory("webphone-load");
        var provision = Path.Combine(folder.FullName, "tenants.json");
        await File.WriteAllTextAsync(provision, string.Create(CultureInfo.InvariantCulture, $$"""
            {"tenants":[{"name":"load","domain":"load.example","digestAlgorithms":["MD5"],
             "userRanges":[{"first":"{{firstExtension}}","count":{{users}},"secretPrefix":"secret-","passwordPrefix":"pass-"}]}]}
            """));
        var program = Path.Combine(AppContext.BaseDirectory, "Webphone.Silo.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet",
        [
            program, "--provision", provision, "--data", folder.FullName, "--sip-port", "0", "--sips-port", "0", "--web-port", "0", "--webrtc-port", "0",
            "--trusted-networks", "127.0.0.0/8", "--log-level", "warning",
        ])
        { RedirectStandardOutput = true })!;
        var server = new LoadServer(process, folder);
        while (server.Sip.Port == 0 || server.Web.Port == 80)
        {
            var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The program did not start.");
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["Browser", var address])
                server.Web = new Uri(address);
            else if (words is ["Phone", var phone, ..])
                server.Sip = IPEndPoint.Parse(phone);
        }
        _ = process.StandardOutput.ReadToEndAsync();
        return server;
    }

    public long ResidentBytes()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    public TimeSpan CpuTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
