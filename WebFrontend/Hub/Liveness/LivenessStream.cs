using System.Buffers;

namespace Webphone.WebFrontend.Hub.Liveness;

/// <summary>
/// The bytes below a server's WebSocket, which writes each frame in one piece and one after the other. A ping (<see href="https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2"/>)
/// to a browser that was not heard for a while travels with a frame that goes there anyway; the browser answers by itself, even where its page sleeps.
/// </summary>
/// <param name="giveUp">Ends the connection of a browser that does not answer.</param>
internal sealed class LivenessStream(Stream inner, BrowserLiveness liveness, Action giveUp) : Stream
{
    private const int ControlBit = 0x08;
    private static ReadOnlySpan<byte> Ping => [0x89, 0x00];

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        if (count > 0)
            liveness.Heard();
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Nothing may follow a close.
        var isData = !buffer.IsEmpty && (buffer.Span[0] & ControlBit) == 0;
        switch (isData ? liveness.Speak() : LivenessStep.Nothing)
        {
            case LivenessStep.Ask:
                return WriteWithPing(buffer, cancellationToken);
            case LivenessStep.GiveUp:
                giveUp();
                return ValueTask.FromException(new IOException("The browser does not answer."));
            default:
                return inner.WriteAsync(buffer, cancellationToken);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask WriteWithPing(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var both = ArrayPool<byte>.Shared.Rent(frame.Length + Ping.Length);
        try
        {
            frame.CopyTo(both);
            Ping.CopyTo(both.AsSpan(frame.Length));
            await inner.WriteAsync(both.AsMemory(0, frame.Length + Ping.Length), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(both);
        }
    }
}
