using System.Runtime.InteropServices;

namespace Webphone.System.Tests.Harness;

/// <summary>
/// A phone's network behind a NAT router, made of namespaces: the phone at 10.x.0.2 behind a router whose outside address is in
/// 172.30/16, which rewrites addresses and ports (nftables masquerade with random ports); the server listens on this machine's end of it.
/// </summary>
public sealed class NetworkNamespaces : IAsyncDisposable
{
    private static readonly SemaphoreSlim Adding = new(1);
    private static int _count = Environment.ProcessId % 200;

    private readonly string _router;
    private readonly string _serverLink;

    private NetworkNamespaces(int id)
    {
        _router = $"wpr{id}";
        Phone = $"wpp{id}";
        _serverLink = $"wps{id}";
        ServerAddress = $"172.30.{id}.1";
        PhoneAddress = $"10.{id}.0.2";
        RouterAddress = $"172.30.{id}.2";
    }

    /// <summary>Name of the phone's namespace.</summary>
    public string Phone { get; }

    /// <summary>This machine's address, as seen from the outside of the router.</summary>
    public string ServerAddress { get; }

    /// <summary>The private address that only the router can reach.</summary>
    public string PhoneAddress { get; }

    /// <summary>The public address that the server sees.</summary>
    public string RouterAddress { get; }

    public static async Task<NetworkNamespaces> CreateAsync()
    {
        Needs.Root();
        var ip = Needs.Program("ip", "iproute2");
        var nft = Needs.Program("nft", "nftables");
        var id = Interlocked.Increment(ref _count) % 250 + 1;
        var made = new NetworkNamespaces(id);
        try
        {
            await AddAsync(ip, made._router);
            await AddAsync(ip, made.Phone);
            foreach (var arguments in made.Commands(id, nft))
            {
                await ChildProcess.RunAsync(ip, arguments);
            }
        }
        catch (InvalidOperationException e)
        {
            await made.DisposeAsync();
            Assert.Skip($"network namespaces do not work here: {e.Message}");
        }

        return made;
    }

    /// <summary>Makes a namespace. The first ever made mounts their folder, which two at a time cannot, nor one beside a program that mounts.</summary>
    public static async Task AddAsync(string ip, string name)
    {
        await Adding.WaitAsync();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await ChildProcess.RunAsync(ip, "netns", "add", name);
                    return;
                }
                catch (InvalidOperationException) when (attempt < 3)
                {
                    await Task.Delay(500);
                }
            }
        }
        finally
        {
            Adding.Release();
        }
    }

    /// <summary>Runs the opening of a socket inside a namespace; the socket stays there when the thread has left it.</summary>
    public static Task<T> InAsync<T>(string name, Func<Task<T>> open)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                using var space = File.OpenHandle($"/run/netns/{name}");
                if (SetNs((int)space.DangerousGetHandle(), 0) != 0)
                {
                    throw new InvalidOperationException($"cannot enter the namespace {name}");
                }

                result.SetResult(open().GetAwaiter().GetResult());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        });
        thread.Start();
        return result.Task;
    }

    public async ValueTask DisposeAsync()
    {
        var ip = Needs.Find("ip")!;
        string[][] undo = [["netns", "del", Phone], ["netns", "del", _router], ["link", "del", _serverLink]];
        foreach (var arguments in undo)
        {
            try
            {
                await ChildProcess.RunAsync(ip, arguments);
            }
            catch (InvalidOperationException)
            {
                // It was not made, or went with its namespace.
            }
        }
    }

    [DllImport("libc", EntryPoint = "setns")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNs(int fd, int kind);

    private IEnumerable<string[]> Commands(int id, string nft)
    {
        string[] plain =
        [
            $"link add {_serverLink} type veth peer name out netns {_router}",
            $"addr add {ServerAddress}/24 dev {_serverLink}",
            $"link set {_serverLink} up",
            $"-n {_router} addr add {RouterAddress}/24 dev out",
            $"-n {_router} link set out up",
            $"-n {_router} link add in type veth peer name eth netns {Phone}",
            $"-n {_router} addr add 10.{id}.0.1/24 dev in",
            $"-n {_router} link set in up",
            $"-n {_router} link set lo up",
            $"-n {Phone} addr add {PhoneAddress}/24 dev eth",
            $"-n {Phone} link set eth up",
            $"-n {Phone} link set lo up",
            $"-n {Phone} route add default via 10.{id}.0.1",
        ];
        string[] rules =
        [
            "add table ip nat",
            "add chain ip nat post { type nat hook postrouting priority 100 ; }",
            "add rule ip nat post oifname out masquerade fully-random",
            // A home router: what nobody inside asked for stays outside.
            "add table ip guard",
            "add chain ip guard through { type filter hook forward priority 0 ; policy drop ; }",
            "add rule ip guard through iifname in accept",
            "add rule ip guard through ct state established,related accept",
        ];
        return
        [
            .. plain.Select(line => line.Split(' ')),
            ["netns", "exec", _router, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"],
            .. rules.Select(rule => (string[])["netns", "exec", _router, nft, rule]),
        ];
    }
}
