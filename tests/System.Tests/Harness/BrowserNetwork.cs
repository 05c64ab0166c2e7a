using System.Net;
using System.Net.Sockets;

namespace Webphone.System.Tests.Harness;

/// <summary>
/// A network of a test's own, made of two namespaces that nothing else sees: a server's and a browser's, with two ways between them. The server keeps its address
/// whichever way is used; the browser has another address on each. Neither way is there until it is opened.
/// </summary>
public sealed class BrowserNetwork : IAsyncDisposable
{
    public const string ServerAddress = "10.77.0.1";

    private readonly string _ip;

    private BrowserNetwork(string ip) => _ip = ip;

    /// <summary>Name of the server's namespace.</summary>
    public string Server { get; } = NetworkNamespaces.NewName();

    /// <summary>Name of the browser's namespace.</summary>
    public string Browser { get; } = NetworkNamespaces.NewName();

    /// <summary>With the first way open.</summary>
    public static async Task<BrowserNetwork> CreateAsync()
    {
        Needs.Root();
        var made = new BrowserNetwork(Needs.Program("ip", "iproute2"));
        try
        {
            foreach (var space in (string[])[made.Server, made.Browser])
            {
                await NetworkNamespaces.AddAsync(made._ip, space);
                await made.IpAsync($"-n {space} link set lo up");
            }
            await made.IpAsync($"-n {made.Server} addr add {ServerAddress}/32 dev lo");
            await made.OpenAsync(1);
        }
        catch (InvalidOperationException e)
        {
            await made.DisposeAsync();
            Assert.Skip($"network namespaces do not work here: {e.Message}");
        }
        return made;
    }

    /// <summary>Opens a way: a new interface with a new address in the browser's namespace.</summary>
    public async Task OpenAsync(int way)
    {
        await IpAsync($"-n {Server} link add way{way} type veth peer name way{way} netns {Browser}");
        // An address that the kernel makes for itself comes seconds later, and is a change of network to a browser.
        await IpAsync($"-n {Server} link set way{way} addrgenmode none");
        await IpAsync($"-n {Browser} link set way{way} addrgenmode none");
        await IpAsync($"-n {Server} addr add 10.78.{way}.1/24 dev way{way}");
        await IpAsync($"-n {Server} link set way{way} up");
        await IpAsync($"-n {Browser} addr add {AddressOn(way)}/24 dev way{way}");
        await IpAsync($"-n {Browser} link set way{way} up");
        await IpAsync($"-n {Browser} route add default via 10.78.{way}.1 metric {100 + way}");
    }

    /// <summary>The way is gone with its address, as when wifi is left.</summary>
    public Task CloseAsync(int way) => IpAsync($"-n {Server} link del way{way}");

    /// <summary>A TCP port of the server answers nobody any more, and every connection to it breaks on both sides: as when the process that had it is killed.</summary>
    public async Task RefuseAsync(int port)
    {
        await NftAsync("add table ip refused");
        await NftAsync("add chain ip refused in { type filter hook input priority 0 ; }");
        await NftAsync("add chain ip refused out { type filter hook output priority 0 ; }");
        await NftAsync($"add rule ip refused in iifname way* tcp dport {port} reject with tcp reset");
        await NftAsync($"add rule ip refused out oifname way* tcp sport {port} tcp flags & rst == 0 reject with tcp reset");
    }

    /// <summary>Nothing of the browser's reaches this port of the server by these protocols, and nobody says so: a company's firewall.</summary>
    public async Task WallAsync(int port, params string[] protocols)
    {
        await NftAsync("add table ip walled");
        await NftAsync("add chain ip walled in { type filter hook input priority 0 ; }");
        foreach (var protocol in protocols)
            await NftAsync($"add rule ip walled in iifname way* {protocol} dport {port} drop");
    }

    /// <summary>The firewall lets everything through.</summary>
    public Task OpenWallAsync() => NftAsync("delete table ip walled");

    /// <summary>The port answers again.</summary>
    public Task AcceptAsync() => NftAsync("delete table ip refused");

    public static string AddressOn(int way) => $"10.78.{way}.2";

    /// <summary>A network interface comes in the browser's namespace, with an address, and goes.</summary>
    public async Task DisturbAsync()
    {
        await IpAsync($"-n {Browser} link add odd type veth peer name even");
        await IpAsync($"-n {Browser} addr add 10.79.0.1/24 dev odd");
        await IpAsync($"-n {Browser} link set odd up");
        await IpAsync($"-n {Browser} link set even up");
        await IpAsync($"-n {Browser} link del odd");
    }

    /// <summary>A client whose connections begin in a namespace.</summary>
    public static SocketsHttpHandler HandlerIn(string space) => new()
    {
        ConnectCallback = (context, _) => new ValueTask<Stream>(NetworkNamespaces.InAsync<Stream>(space, () =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Connect(new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port));
                return Task.FromResult<Stream>(new NetworkStream(socket, ownsSocket: true));
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        })),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var space in (string[])[Browser, Server])
        {
            try
            {
                await IpAsync($"netns del {space}");
            }
            catch (InvalidOperationException)
            {
                // It was not made.
            }
        }
    }

    private Task NftAsync(string rule) => ChildProcess.RunAsync(_ip, "netns", "exec", Server, Needs.Program("nft", "nftables"), rule);

    private Task IpAsync(string command) => ChildProcess.RunAsync(_ip, command.Split(' '));
}
