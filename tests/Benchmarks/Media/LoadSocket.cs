using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Webphone.Benchmarks.Media;

/// <summary>
/// A UDP socket of Linux that sends and reads many datagrams with one system call, so that the generator costs little beside what it
/// measures. Arrival times are the kernel's: a reader that comes late does not count as delay.
/// </summary>
internal sealed unsafe partial class LoadSocket : IDisposable
{
    public const int MaxBatch = 64;
    public const int Slot = 256;
    private const int ControlSize = 64;
    private const int NameSize = 16;
    private const int ReceiveBufferBytes = 4 << 20;
    private const int DontWait = 0x40;

    private readonly int _socket;
    private readonly Batch _outgoing = new();
    private readonly Batch _incoming = new();

    public LoadSocket()
    {
        _socket = socket(2, 2 | 0x80000, 0);
        var name = stackalloc byte[NameSize];
        WriteName(name, 0);
        int on = 1, size = ReceiveBufferBytes;
        if (_socket < 0 || bind(_socket, name, NameSize) != 0 || setsockopt(_socket, 1, 35, &on, sizeof(int)) != 0 || setsockopt(_socket, 1, 8, &size, sizeof(int)) != 0)
            throw new IOException($"A load socket cannot be made: {Marshal.GetLastPInvokeErrorMessage()}");
        uint length = NameSize;
        _ = getsockname(_socket, name, &length);
        Port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(name + 2, 2));
    }

    public int Port { get; }

    /// <summary>A datagram that was read.</summary>
    public Span<byte> Incoming(int i) => new(_incoming.Data + i * Slot, (int)_incoming.Messages[i].Length);

    /// <summary>Room for a datagram to send.</summary>
    public Span<byte> Outgoing(int i) => new(_outgoing.Data + i * Slot, Slot);

    /// <summary>Makes a datagram to send go to a port of this host.</summary>
    public void Address(int i, int port, int length)
    {
        var name = _outgoing.Names + i * NameSize;
        WriteName(name, port);
        _outgoing.Messages[i].Name = name;
        _outgoing.Messages[i].NameLength = NameSize;
        _outgoing.Vectors[i].Length = (nuint)length;
    }

    /// <summary>Sends the first datagrams, waiting for room.</summary>
    public void Send(int count)
    {
        for (var sent = 0; sent < count;)
            sent += Math.Max(0, sendmmsg(_socket, _outgoing.Messages + sent, (uint)(count - sent), 0));
    }

    /// <summary>Reads what is there, at most a batch. One thread reads and one sends.</summary>
    public int Receive()
    {
        for (var i = 0; i < MaxBatch; i++)
        {
            _incoming.Messages[i].Control = _incoming.Control + i * ControlSize;
            _incoming.Messages[i].ControlLength = ControlSize;
        }
        return Math.Max(0, recvmmsg(_socket, _incoming.Messages, MaxBatch, DontWait, null));
    }

    /// <summary>When the kernel took the datagram in, in nanoseconds of the wall clock; 0 when it did not say.</summary>
    public long ArrivedAt(int i)
    {
        // struct cmsghdr (length, level, type), then struct timespec.
        var control = (long*)(_incoming.Control + i * ControlSize);
        return _incoming.Messages[i].ControlLength >= 32 && ((int*)control)[3] == 35 ? control[2] * 1_000_000_000 + control[3] : 0;
    }

    /// <summary>The wall clock in nanoseconds.</summary>
    public static long Now()
    {
        var time = stackalloc long[2];
        _ = clock_gettime(0, time);
        return time[0] * 1_000_000_000 + time[1];
    }

    /// <summary>Sleeps until a moment of <see cref="Now"/>, with the least slack that the kernel gives.</summary>
    public static void SleepUntil(long when)
    {
        var time = stackalloc long[2] { when / 1_000_000_000, when % 1_000_000_000 };
        _ = clock_nanosleep(0, 1, time, null);
    }

    public static void WakeOnTime() => _ = prctl(29, 1, 0, 0, 0);

    public void Dispose() => _ = close(_socket);

    private static void WriteName(byte* name, int port)
    {
        var bytes = new Span<byte>(name, NameSize);
        bytes.Clear();
        bytes[0] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)port);
        IPAddress.Loopback.TryWriteBytes(bytes[4..], out _);
    }

#pragma warning disable IDE1006 // The system's own names.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int socket, byte* name, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int socket, int level, int option, void* value, uint length);

    [LibraryImport("libc")]
    private static partial int getsockname(int socket, byte* name, uint* length);

    [LibraryImport("libc")]
    private static partial int sendmmsg(int socket, Message* messages, uint count, int flags);

    [LibraryImport("libc")]
    private static partial int recvmmsg(int socket, Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);

    [LibraryImport("libc")]
    private static partial int clock_nanosleep(int clock, int flags, long* time, long* left);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
#pragma warning restore IDE1006

    /// <summary>Buffers for one direction, for as long as the process lives.</summary>
    private sealed class Batch
    {
        public readonly byte* Data = (byte*)NativeMemory.AllocZeroed(MaxBatch * Slot);
        public readonly byte* Names = (byte*)NativeMemory.AllocZeroed(MaxBatch * NameSize);
        public readonly byte* Control = (byte*)NativeMemory.AllocZeroed(MaxBatch * ControlSize);
        public readonly Message* Messages = (Message*)NativeMemory.AllocZeroed((nuint)(MaxBatch * sizeof(Message)));
        public readonly Vector* Vectors = (Vector*)NativeMemory.AllocZeroed((nuint)(MaxBatch * sizeof(Vector)));

        public Batch()
        {
            for (var i = 0; i < MaxBatch; i++)
            {
                Vectors[i] = new Vector { Base = Data + i * Slot, Length = Slot };
                Messages[i].Vector = Vectors + i;
                Messages[i].VectorCount = 1;
            }
        }
    }

    /// <summary>struct mmsghdr of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Message
    {
        [FieldOffset(0)]
        public byte* Name;
        [FieldOffset(8)]
        public uint NameLength;
        [FieldOffset(16)]
        public Vector* Vector;
        [FieldOffset(24)]
        public nuint VectorCount;
        [FieldOffset(32)]
        public byte* Control;
        [FieldOffset(40)]
        public nuint ControlLength;
        [FieldOffset(56)]
        public readonly uint Length;
    }

    private struct Vector
    {
        public byte* Base;
        public nuint Length;
    }
}
