using System.Buffers;

namespace Webphone.Net.Sip.Streams;

/// <summary>
/// Messages that wait for a connection, in order and bounded in bytes. One thread at a time writes: whoever finds the queue idle.
/// At first the connection itself is the writer, until it is open and has written what was queued meanwhile. Safe from any thread.
/// </summary>
internal sealed class SendQueue(int limitBytes)
{
    private readonly Lock _lock = new();
    private readonly Queue<Entry> _entries = [];
    private int _bytes;
    private bool _writing = true;
    private bool _closed;

    /// <summary>A message, in a pooled array that <see cref="Release"/> gives back.</summary>
    public readonly record struct Entry(byte[] Array, int Length)
    {
        public ReadOnlyMemory<byte> Bytes => Array.AsMemory(0, Length);

        public void Release() => ArrayPool<byte>.Shared.Return(Array);
    }

    /// <summary>What became of a message that was given to the queue.</summary>
    public enum Admission
    {
        /// <summary>Another writer is at work and will take it.</summary>
        Queued,

        /// <summary>Queued, and the caller is the writer now: it takes until <see cref="TryTake"/> says that the queue is empty.</summary>
        Write,

        /// <summary>The bytes that wait are too many.</summary>
        Full,
        Closed,
    }

    public Admission Add(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            if (_closed)
                return Admission.Closed;
            if (_bytes + message.Length > limitBytes)
                return Admission.Full;
            var array = ArrayPool<byte>.Shared.Rent(message.Length);
            message.CopyTo(array);
            _entries.Enqueue(new Entry(array, message.Length));
            _bytes += message.Length;
            if (_writing)
                return Admission.Queued;
            _writing = true;
            return Admission.Write;
        }
    }

    /// <summary>The next message to write; false ends the caller's turn as the writer.</summary>
    public bool TryTake(out Entry entry)
    {
        lock (_lock)
        {
            _writing = _entries.TryDequeue(out entry);
            _bytes -= entry.Length;
            return _writing;
        }
    }

    /// <summary>Takes nothing more, and drops what waits.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            while (_entries.TryDequeue(out var entry))
                entry.Release();
            _bytes = 0;
        }
    }
}
