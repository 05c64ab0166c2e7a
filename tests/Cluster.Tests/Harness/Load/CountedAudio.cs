using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Webphone.Cluster.Tests.Harness.Load;

/// <summary>One end of a conversation that sends a numbered packet every 20 ms and notes which of the other's numbers came.</summary>
public sealed class CountedAudio : IDisposable
{
    private const int Header = 12;
    private const int FrameBytes = 160;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
    private readonly CancellationTokenSource _stop = new();
    private readonly uint _ssrc = (uint)Random.Shared.Next();
    private readonly Lock _gate = new();
    private int _sent;
    private int _first = -1;
    private int _last = -1;
    private int _heard;
    private long _lastAt;
    private long _longestGapMs;

    public CountedAudio()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = ReceiveAsync();
    }

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    public int Heard => Volatile.Read(ref _heard);

    /// <summary>Numbers between the first and the last heard that did not come.</summary>
    public int Lost
    {
        get
        {
            lock (_gate) return _first < 0 ? 0 : _last - _first + 1 - _heard;
        }
    }

    /// <summary>The longest time between two packets.</summary>
    public long LongestGapMs
    {
        get
        {
            lock (_gate) return _longestGapMs;
        }
    }

    public void Start(IPEndPoint remote) => _ = SendAsync(remote);

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(IPEndPoint remote)
    {
        var packet = new byte[Header + FrameBytes];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)_sent);
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(_sent * FrameBytes));
                BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(Header), _sent++);
                await _socket.SendToAsync(packet, remote, _stop.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The conversation is over, or the silo that it went by.
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[2048];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var read = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                if (read.ReceivedBytes == Header + FrameBytes && (buffer[1] & 0x7F) == 0) Take(BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(Header)));
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // The port there has gone with its silo.
            }
            catch (Exception error) when (error is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private void Take(int number)
    {
        var now = Environment.TickCount64;
        lock (_gate)
        {
            if (_first < 0) _first = number;
            else _longestGapMs = Math.Max(_longestGapMs, now - _lastAt);
            _last = Math.Max(_last, number);
            _lastAt = now;
            _heard++;
        }
    }
}
