using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Webphone.Benchmarks.Load;

/// <summary>
/// Makes another .NET process collect all its garbage, so that what its heap then holds is alive: a short session of the runtime's own
/// diagnostic port with the keyword that asks for a full collection (docs/design-docs/ipc-protocol.md of dotnet/diagnostics).
/// </summary>
internal static class FullCollection
{
    private const byte EventPipe = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing = 2;
    private const int HeaderBytes = 20;
    private const ulong CollectHeapKeyword = 0x800000;
    private const int InformationalLevel = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<int> Run(int pid)
    {
        // What the first one's finalizers let go is garbage for the second.
        for (var round = 0; round < 2; round++)
        {
            using var session = await Send(pid, CollectTracing, Providers());
            var id = new byte[sizeof(ulong)];
            await ReadHeader(session);
            await session.ReadExactlyAsync(id);
            var rest = session.CopyToAsync(Stream.Null);
            using var stop = await Send(pid, StopTracing, id);
            await ReadHeader(stop);
            await rest.WaitAsync(Limit);
        }

        return 0;
    }

    private static async Task<NetworkStream> Send(int pid, byte command, byte[] payload)
    {
        var place = Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{pid}-*-socket").Single();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(place));
        var message = new byte[HeaderBytes + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        message[16] = EventPipe;
        message[17] = command;
        payload.CopyTo(message, HeaderBytes);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(message);
        return stream;
    }

    private static async Task ReadHeader(NetworkStream stream)
    {
        var header = new byte[HeaderBytes];
        await stream.ReadExactlyAsync(header).AsTask().WaitAsync(Limit);
        if (header[17] != 0)
            throw new IOException("The process refused the diagnostic command.");
    }

    /// <summary>A buffer of 1 MB, the nettrace format, and one provider: the runtime, with the keyword and no filter.</summary>
    private static byte[] Providers()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.Unicode);
        writer.Write(1);
        writer.Write(1);
        writer.Write(1);
        writer.Write(CollectHeapKeyword);
        writer.Write(InformationalLevel);
        const string Name = "Microsoft-Windows-DotNETRuntime\0";
        writer.Write(Name.Length);
        writer.Write(Encoding.Unicode.GetBytes(Name));
        writer.Write(0);
        writer.Flush();
        return bytes.ToArray();
    }
}
