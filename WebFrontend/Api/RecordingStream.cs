using Webphone.Grains.Recordings;

namespace Webphone.WebFrontend.Api;

/// <summary>A recording's file as a stream: read in parts from the node that has it, wherever that is. One that is gone in the middle ends early.</summary>
internal sealed class RecordingStream(IRecordingsGrain recordings, string by, string id, long length) : Stream
{
    private byte[] _part = [];
    private long _partAt;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position < _partAt || Position >= _partAt + _part.Length)
        {
            var wanted = (int)Math.Min(RecordingLimits.MaxRead, length - Position);
            if (wanted <= 0)
                return 0;
            (_partAt, _part) = (Position, await recordings.Read(by, id, Position, wanted) ?? []);
        }
        var rest = _part.AsMemory((int)(Position - _partAt));
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        Position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A recording is read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
