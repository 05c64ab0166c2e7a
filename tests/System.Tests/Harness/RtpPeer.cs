using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Webphone.System.Tests.Harness;

/// <summary>The audio of a <see cref="SipPeer"/>: sends a tone in G.711 every 20 ms and keeps what comes back.</summary>
public sealed class RtpPeer : IDisposable
{
    private const int FrameSamples = 160;

    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly List<short> _heard = [];
    private readonly List<byte[]> _events = [];
    private readonly bool _alaw;
    private readonly uint _ssrc = (uint)Random.Shared.Next();
    private ushort _sequence = (ushort)Random.Shared.Next(60000);
    private uint _timestamp = (uint)Random.Shared.Next();
    private IPEndPoint? _remote;

    public RtpPeer(bool alaw = false, string local = "127.0.0.1")
    {
        _alaw = alaw;
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(IPAddress.Parse(local), Ports.FreeRange(2)));
        _ = ReceiveAsync();
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public string Address => ((IPEndPoint)_socket.LocalEndPoint!).Address.ToString();

    public int PacketsReceived { get; private set; }

    public int PacketsSent { get; private set; }

    /// <summary>While it is set, it sends nothing.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Payloads of telephone events (RFC 4733) that came.</summary>
    public IReadOnlyList<byte[]> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public string Sdp(string direction = "sendrecv", int version = 1)
    {
        var (number, name) = _alaw ? (8, "PCMA") : (0, "PCMU");
        return $"v=0\r\no=- 77 {version} IN IP4 {Address}\r\ns=-\r\nc=IN IP4 {Address}\r\nt=0 0\r\nm=audio {Port} RTP/AVP {number} 101\r\n" +
            $"a=rtpmap:{number} {name}/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na={direction}\r\n";
    }

    /// <summary>Says this tone to that place from now on.</summary>
    public void Say(int hertz, (string Address, int Port) remote)
    {
        var started = _remote is not null;
        _remote = new IPEndPoint(IPAddress.Parse(remote.Address), remote.Port);
        if (!started)
        {
            _ = SendAsync(hertz);
        }
    }

    public async Task SendDigitAsync(char digit)
    {
        var code = (byte)"0123456789*#ABCD".IndexOf(digit, StringComparison.Ordinal);
        var start = _timestamp;
        for (var i = 1; i <= 8; i++)
        {
            var ends = i > 5;
            byte[] payload = [code, (byte)(ends ? 0x8A : 0x0A), 0, 0];
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), (ushort)(Math.Min(i, 5) * FrameSamples));
            await SendPacketAsync(101, payload, start, marker: i == 1);
            await Task.Delay(20);
        }
    }

    /// <summary>How many samples it has heard so far.</summary>
    public int Heard
    {
        get
        {
            lock (_gate)
            {
                return _heard.Count;
            }
        }
    }

    /// <summary>The next that it hears, or what it has heard since it had heard so many samples.</summary>
    public async Task<Tone> ListenAsync(int milliseconds = 600, int limitMs = 5000, int? since = null)
    {
        var from = since ?? Heard;
        var wanted = milliseconds * 8;
        var end = Environment.TickCount64 + limitMs;
        while (true)
        {
            lock (_gate)
            {
                if (_heard.Count - from >= wanted || Environment.TickCount64 >= end)
                {
                    return new Tone([.. _heard.Skip(from).Take(wanted)], 8000);
                }
            }

            await Task.Delay(20);
        }
    }

    public async Task HearsAsync(int hertz)
    {
        var end = Environment.TickCount64 + 40_000;
        Tone heard;
        do
        {
            heard = await ListenAsync(400, 2000);
            if (heard.Is(hertz))
            {
                return;
            }
        }
        while (Environment.TickCount64 < end);
        Assert.Fail($"should hear {hertz} Hz but heard {heard}");
    }

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
        _stop.Dispose();
        _sending.Dispose();
    }

    private async Task SendAsync(int hertz)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        long n = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (IsSilent)
                {
                    continue;
                }

                var payload = new byte[FrameSamples];
                for (var i = 0; i < FrameSamples; i++, n++)
                {
                    var sample = (short)(10000 * Math.Sin(2 * Math.PI * hertz * n / 8000));
                    payload[i] = _alaw ? G711.EncodeA(sample) : G711.EncodeMu(sample);
                }

                await SendPacketAsync(_alaw ? 8 : 0, payload, _timestamp, marker: false);
                _timestamp += FrameSamples;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over, or the other side of the call is.
        }
    }

    private async Task SendPacketAsync(int payloadType, byte[] payload, uint timestamp, bool marker)
    {
        var packet = new byte[12 + payload.Length];
        packet[0] = 0x80;
        packet[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
        payload.CopyTo(packet, 12);
        await _sending.WaitAsync();
        try
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequence++);
            await _socket.SendToAsync(packet, _remote!);
            PacketsSent++;
        }
        finally
        {
            _sending.Release();
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
                Take(buffer.AsSpan(0, read.ReceivedBytes));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // The media port has gone with its call.
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private void Take(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 12)
        {
            return;
        }

        lock (_gate)
        {
            PacketsReceived++;
            switch (packet[1] & 0x7F)
            {
                case 0:
                    foreach (var b in packet[12..])
                    {
                        _heard.Add(G711.DecodeMu(b));
                    }

                    break;
                case 8:
                    foreach (var b in packet[12..])
                    {
                        _heard.Add(G711.DecodeA(b));
                    }

                    break;
                case 101:
                    _events.Add(packet[12..].ToArray());
                    break;
            }
        }
    }
}
