using System.Runtime.InteropServices;

namespace Webphone.System.Tests.Harness;

/// <summary>
/// A phone's network behind a NAT router, made of namespaces that nothing else sees: the phone at a private address behind a router that rewrites addresses
/// and ports (nftables masquerade with random ports), the server on the other side of it.
/// </summary>
public sealed class NetworkNamespaces : IAsyncDisposable
{
    /// <summary>The server's address, as seen from the outside of the router.</summary>
    public const string ServerAddress = "172.30.0.1";

    /// <summary>The public address that the server sees.</summary>
    public const string RouterAddress = "172.30.0.2";

    /// <summary>The private address that only the router can reach.</summary>
    public const string PhoneAddress = "10.30.0.2";

    private const string Inside = "10.30.0.1";
    private static readonly SemaphoreSlim Adding = new(1);
    private static int _count;

    private readonly string _router = NewName();

    /// <summary>Name of the server's namespace.</summary>
    public string Server { get; } = NewName();

    /// <summary>Name of the phone's namespace.</summary>
    public string Phone { get; } = NewName();

    /// <summary>A name that no other namespace has, of this run or of one beside it.</summary>
    public static string NewName() => $"webphone-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";

    public static async Task<NetworkNamespaces> CreateAsync()
    {
        Needs.Root();
        var ip = Needs.Program("ip", "iproute2");
        var nft = Needs.Program("nft", "nftables");
        var made = new NetworkNamespaces();
        try
        {
            foreach (var name in (string[])[made.Server, made._router, made.Phone])
            {
                await AddAsync(ip, name);
            }

            foreach (var arguments in made.Commands(nft))
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
        foreach (var name in (string[])[Phone, _router, Server])
        {
            try
            {
                await ChildProcess.RunAsync(ip, "netns", "del", name);
            }
            catch (InvalidOperationException)
            {
                // It was not made.
            }
        }
    }

    [DllImport("libc", EntryPoint = "setns")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNs(int fd, int kind);

    private IEnumerable<string[]> Commands(string nft)
    {
        string[] plain =
        [
            $"-n {Server} link set lo up",
            $"-n {Server} link add lan type veth peer name out netns {_router}",
            $"-n {Server} addr add {ServerAddress}/24 dev lan",
            $"-n {Server} link set lan up",
            $"-n {_router} addr add {RouterAddress}/24 dev out",
            $"-n {_router} link set out up",
            $"-n {_router} link add in type veth peer name eth netns {Phone}",
            $"-n {_router} addr add {Inside}/24 dev in",
            $"-n {_router} link set in up",
            $"-n {_router} link set lo up",
            $"-n {Phone} addr add {PhoneAddress}/24 dev eth",
            $"-n {Phone} link set eth up",
            $"-n {Phone} link set lo up",
            $"-n {Phone} route add default via {Inside}",
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
