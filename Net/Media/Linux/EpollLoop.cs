using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Webphone.Net.Media.Linux;

/// <summary>
/// One thread, one epoll, one timer: waits for sockets and for the next turn of the wheel, reads what is there in batches into its
/// own buffers, and hands each datagram to its endpoint, which sends on from the same buffer. Nothing is allocated while it runs.
/// </summary>
internal sealed unsafe class EpollLoop : MediaLoop
{
    private const int MaxEvents = 256;
    private const int Batch = 8;
    private const int Niceness = -10;
    private const ulong TimerKey = ulong.MaxValue;

    // struct epoll_event is packed on x64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int EventDataOffset = EventSize - 8;

    private readonly Lock _gate = new();
    private readonly Stack<int> _freeSlots = new();
    private readonly Thread _thread;
    private readonly int _epoll;
    private readonly int _timer;
    private readonly byte* _buffers;
    private readonly byte* _names;
    private readonly byte* _events;
    private readonly LibC.MessageHeader* _messages;
    private readonly LibC.IoVector* _vectors;
    private EpollPort?[] _ports = new EpollPort?[64];
    private uint[] _generations = new uint[64];
    private int _used;
    private volatile bool _stopping;

    public EpollLoop(MediaClock clock, MediaFaults faults, int number)
        : base(clock, faults)
    {
        _epoll = Check(LibC.EpollCreate(LibC.CloseOnExec), "epoll_create1");
        _timer = Check(LibC.TimerCreate(LibC.ClockMonotonic, LibC.NonBlocking | LibC.CloseOnExec), "timerfd_create");
        _buffers = (byte*)NativeMemory.AllocZeroed(Batch * BufferSize);
        _names = (byte*)NativeMemory.AllocZeroed(Batch * SocketAddressBytes.Size);
        _events = (byte*)NativeMemory.AllocZeroed((nuint)(MaxEvents * EventSize));
        _messages = (LibC.MessageHeader*)NativeMemory.AllocZeroed((nuint)(Batch * sizeof(LibC.MessageHeader)));
        _vectors = (LibC.IoVector*)NativeMemory.AllocZeroed((nuint)(Batch * sizeof(LibC.IoVector)));
        for (var i = 0; i < Batch; i++)
        {
            _vectors[i] = new LibC.IoVector { Base = _buffers + i * BufferSize, Length = MaxDatagram };
            _messages[i].Name = _names + i * SocketAddressBytes.Size;
            _messages[i].Vector = _vectors + i;
            _messages[i].VectorCount = 1;
        }
        Watch(_timer, TimerKey);
        Pace(TickWheel.Rest);
        _thread = new Thread(Run) { Name = $"media-{number}", IsBackground = true };
        _thread.Start();
    }

    public override MediaPort? TryOpen(IPAddress address, ushort rtpPort, IDatagramSink sink)
    {
        var port = EpollPort.TryOpen(this, address, rtpPort);
        if (port is null)
            return null;
        var key = Enter(port, sink);
        Watch(port.Descriptor(rtcp: false), key);
        Watch(port.Descriptor(rtcp: true), key | 1);
        return port;
    }

    public override MediaPort Adopt(Socket socket, IDatagramSink sink)
    {
        var port = EpollPort.Adopt(this, socket);
        Watch(port.Descriptor(rtcp: false), Enter(port, sink));
        return port;
    }

    /// <summary>The port is closing: what epoll already reported of it means nothing.</summary>
    public void Forget(EpollPort port)
    {
        lock (_gate)
        {
            _generations[port.Slot] = (_generations[port.Slot] + 1) & 0x7FFFFFFF;
            Volatile.Write(ref _ports[port.Slot], null);
            _freeSlots.Push(port.Slot);
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
        }
        _thread.Join();
        _ = LibC.Close(_timer);
        _ = LibC.Close(_epoll);
        NativeMemory.Free(_buffers);
        NativeMemory.Free(_names);
        NativeMemory.Free(_events);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
    }

    /// <summary>Gives the key that epoll is to tell of it by.</summary>
    private ulong Enter(EpollPort port, IDatagramSink sink)
    {
        port.Sink = sink;
        lock (_gate)
        {
            if (!_freeSlots.TryPop(out var slot))
            {
                slot = _used++;
                if (slot == _ports.Length)
                {
                    Array.Resize(ref _generations, 2 * slot);
                    Array.Resize(ref _ports, 2 * slot);
                }
            }
            port.Slot = slot;
            Volatile.Write(ref _ports[slot], port);
            return ((ulong)_generations[slot] << 32) | ((uint)slot << 1);
        }
    }

    protected override void Pace(TimeSpan every)
    {
        // All paces are under a second.
        var nanoseconds = every.Ticks * TimeSpan.NanosecondsPerTick;
        var interval = stackalloc long[4] { 0, nanoseconds, 0, nanoseconds };
        lock (_gate)
        {
            if (!_stopping)
                Check(LibC.TimerSet(_timer, 0, interval, null), "timerfd_settime");
        }
    }

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new IOException($"{call} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastSystemError())}");

    private void Watch(int descriptor, ulong key)
    {
        var @event = stackalloc byte[16];
        *(uint*)@event = LibC.EpollIn;
        *(ulong*)(@event + EventDataOffset) = key;
        Check(LibC.EpollControl(_epoll, LibC.EpollAdd, descriptor, @event), "epoll_ctl");
    }

    private void Run()
    {
        // Whoever holds a phone hears a packet that waits; where the process may not, it runs as all others do.
        _ = LibC.SetPriority(LibC.ThisThread, 0, Niceness);
        while (!_stopping)
        {
            var count = LibC.EpollWait(_epoll, _events, MaxEvents, -1);
            for (var i = 0; i < count; i++)
            {
                var key = *(ulong*)(_events + i * EventSize + EventDataOffset);
                if (key == TimerKey)
                    Turn();
                else
                    Receive(key);
            }
        }
    }

    private void Turn()
    {
        ulong expirations;
        _ = LibC.Read(_timer, &expirations, sizeof(ulong));
        RunTurns();
    }

    private void Receive(ulong key)
    {
        var slot = (int)((uint)key >> 1);
        var ports = Volatile.Read(ref _ports);
        var port = slot < ports.Length ? Volatile.Read(ref ports[slot]) : null;
        if (port is null || Volatile.Read(ref _generations[slot]) != (uint)(key >> 32))
            return;
        try
        {
            lock (port.Gate)
            {
                if (!port.IsClosed)
                    Read(port, (key & 1) != 0);
            }
        }
        catch (Exception e)
        {
            Faults.Report(e);
        }
    }

    /// <summary>Reads one batch; epoll reports the socket again while more waits, so one busy socket does not starve the others.</summary>
    private void Read(EpollPort port, bool isRtcp)
    {
        for (var i = 0; i < Batch; i++)
            _messages[i].NameLength = SocketAddressBytes.Size;
        var count = LibC.ReceiveMany(port.Descriptor(isRtcp), _messages, Batch, LibC.DontWait, null);
        for (var i = 0; i < count; i++)
        {
            // A datagram that was cut short is longer than any RTP of ours: length 0 is counted as junk.
            var length = (_messages[i].Flags & LibC.Truncated) != 0 ? 0 : (int)_messages[i].Length;
            var from = SocketAddressBytes.Read(new ReadOnlySpan<byte>(_messages[i].Name, SocketAddressBytes.Size));
            port.Sink.OnDatagram(new Span<byte>(_buffers + i * BufferSize, BufferSize), length, from, isRtcp);
        }
    }
}
