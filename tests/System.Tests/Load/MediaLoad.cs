using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Webphone.System.Tests.Harness;

namespace Webphone.System.Tests.Load;

/// <summary>
/// Many calls with audio both ways through the running program: packets lost inside, and the delay that it adds. Run by
/// tests/Benchmarks/Load/media.sh; CALLS and SECONDS_EACH set the size.
/// </summary>
public sealed class MediaLoad(ITestOutputHelper output)
{
    private const int Header = 12;
    private const int Payload = 160;
    private const int SocketsPerSide = 4;

    private readonly int _calls = Setting("CALLS", 500);
    private readonly int _seconds = Setting("SECONDS_EACH", 60);

    [Fact(Explicit = true)]
    public async Task Many_calls_with_audio_lose_nothing_and_gain_little_delay()
    {
        var users = $$"""{ "tenants": [ { "name": "load", "domain": "load.example", "digestAlgorithms": ["MD5"], "userRanges": [ { "first": 10001, "count": {{2 * _calls}}, "secretPrefix": "load-" } ] } ] }""";
        await using var silo = await RunningSilo.ProvisionedAsync(users, "127.0.0.1", 4 * _calls + 100, "--trusted-networks", "127.0.0.0/8", "--log-level", "warning");
        using var callers = new Side();
        using var callees = new Side();

        // The same packets without the server first: what remains is the server's.
        for (var i = 0; i < _calls; i++)
        {
            callers.Targets[i] = callees.EndPoint(i);
            callees.Targets[i] = callers.EndPoint(i);
        }

        var direct = await RunAsync(callers, callees, TimeSpan.FromSeconds(5));
        await SetUpAsync(silo, callers, callees);
        var before = silo.Process.ProcessorTime();
        var through = await RunAsync(callers, callees, TimeSpan.FromSeconds(_seconds));
        var used = silo.Process.ProcessorTime() - before;

        var report = $"""
            {_calls} calls, audio both ways for {_seconds} s: {through.Sent} packets sent, {through.Sent - through.Received} lost
            delay          median      99th %
            direct     {direct.Percentile(50),7} µs {direct.Percentile(99),8} µs
            through    {through.Percentile(50),7} µs {through.Percentile(99),8} µs
            added      {through.Percentile(50) - direct.Percentile(50),7} µs {through.Percentile(99) - direct.Percentile(99),8} µs
            server: {used.TotalSeconds / _seconds * 100:0} % of one core, {used.TotalMicroseconds / through.Sent:0.0} µs a packet, {silo.Process.ResidentBytes() / 1_000_000} MB
            """;
        output.WriteLine(report);
        Console.WriteLine(report);
        Assert.Equal(through.Sent, through.Received);
        Assert.InRange(through.Percentile(50) - direct.Percentile(50), int.MinValue, 1000);
        Assert.InRange(through.Percentile(99) - direct.Percentile(99), int.MinValue, 5000);
    }

    private async Task SetUpAsync(RunningSilo silo, Side callers, Side callees)
    {
        for (var i = 0; i < _calls; i++)
        {
            var caller = new SipPeer(silo, $"{10001 + i}", $"load-{10001 + i}", "load.example");
            var callee = new SipPeer(silo, $"{10001 + _calls + i}", $"load-{10001 + _calls + i}", "load.example");
            callers.Keep(caller);
            callees.Keep(callee);
            await SipPeer.RegisteredAsync(caller);
            await SipPeer.RegisteredAsync(callee);
            var ringing = PeerCall.IncomingAsync(callee);
            var call = await caller.InviteAsync(callee.Extension, Sdp(callers.EndPoint(i)));
            var taken = await ringing;
            await taken.AnswerAsync(Sdp(callees.EndPoint(i)));
            await call.ExpectAsync(200);
            callers.Targets[i] = new IPEndPoint(IPAddress.Parse(call.RemoteMedia.Address), call.RemoteMedia.Port);
            callees.Targets[i] = new IPEndPoint(IPAddress.Parse(taken.RemoteMedia.Address), taken.RemoteMedia.Port);
        }
    }

    private static string Sdp(IPEndPoint at) =>
        $"v=0\r\no=- 7 1 IN IP4 {at.Address}\r\ns=-\r\nc=IN IP4 {at.Address}\r\nt=0 0\r\nm=audio {at.Port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

    private async Task<Result> RunAsync(Side callers, Side callees, TimeSpan length)
    {
        var result = new Result();
        callers.Begin(result);
        callees.Begin(result);
        await Task.WhenAll(
            Task.Factory.StartNew(() => callers.Send(_calls, length, result), TaskCreationOptions.LongRunning),
            Task.Factory.StartNew(() => callees.Send(_calls, length, result), TaskCreationOptions.LongRunning));
        await Task.Delay(500);
        return result.Close();
    }

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : otherwise;

    /// <summary>Counts and a histogram of delays in steps of 10 µs.</summary>
    private sealed class Result
    {
        private readonly int[] _delays = new int[100_001];
        private int _sent;
        private int _received;

        public int Sent => _sent;

        public int Received => _received;

        public void CountSent() => Interlocked.Increment(ref _sent);

        public void Count(long ticks)
        {
            Interlocked.Increment(ref _received);
            Interlocked.Increment(ref _delays[Math.Clamp(ticks * 100_000 / Stopwatch.Frequency, 0, 100_000)]);
        }

        /// <summary>A copy, so that latecomers do not count.</summary>
        public Result Close()
        {
            var closed = new Result { _sent = _sent, _received = _received };
            _delays.CopyTo(closed._delays, 0);
            return closed;
        }

        public int Percentile(double percent)
        {
            var left = (long)(_received * percent / 100);
            for (var i = 0; i < _delays.Length; i++)
            {
                left -= _delays[i];
                if (left < 0)
                {
                    return i * 10;
                }
            }

            return 1_000_000;
        }
    }

    /// <summary>All callers or all callees: a few sockets that many calls share, each call known by the port that it sends to.</summary>
    private sealed class Side : IDisposable
    {
        private readonly Socket[] _sockets = new Socket[SocketsPerSide];
        private readonly List<IDisposable> _kept = [];
        private volatile Result? _result;
        private ushort _sequence;
        private uint _timestamp;

        public Side()
        {
            for (var i = 0; i < SocketsPerSide; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
                socket.Bind(new IPEndPoint(IPAddress.Loopback, Ports.Free()));
                _sockets[i] = socket;
                new Thread(() => Receive(socket)) { IsBackground = true }.Start();
            }
        }

        public Dictionary<int, IPEndPoint> Targets { get; } = [];

        public IPEndPoint EndPoint(int call) => (IPEndPoint)_sockets[call % SocketsPerSide].LocalEndPoint!;

        public void Keep(IDisposable thing) => _kept.Add(thing);

        public void Begin(Result result) => _result = result;

        public void Send(int calls, TimeSpan length, Result result)
        {
            var packet = new byte[Header + Payload];
            packet[0] = 0x80;
            var addresses = Enumerable.Range(0, calls).Select(i => Targets[i].Serialize()).ToArray();
            var frames = (long)(length.TotalMilliseconds / 20);
            var clock = Stopwatch.StartNew();
            var sent = 0L;
            while (sent < frames * calls)
            {
                // Packet n of all is due at n / calls frames of 20 ms: the calls' clocks are spread, as in life.
                var due = Math.Min(frames * calls, (long)(clock.Elapsed.TotalMilliseconds / 20 * calls));
                for (; sent < due; sent++)
                {
                    var call = (int)(sent % calls);
                    if (call == 0)
                    {
                        _sequence++;
                        _timestamp += Payload;
                    }

                    BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequence);
                    BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _timestamp);
                    BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(8), call + 1);
                    BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(Header), Stopwatch.GetTimestamp());
                    _sockets[call % SocketsPerSide].SendTo(packet, SocketFlags.None, addresses[call]);
                    result.CountSent();
                }

                Thread.Sleep(1);
            }
        }

        public void Dispose()
        {
            foreach (var socket in _sockets)
            {
                socket.Dispose();
            }

            _kept.ForEach(k => k.Dispose());
        }

        private void Receive(Socket socket)
        {
            var buffer = new byte[2048];
            while (true)
            {
                try
                {
                    var length = socket.Receive(buffer);
                    if (length == Header + Payload && (buffer[1] & 0x7F) == 0)
                    {
                        _result?.Count(Stopwatch.GetTimestamp() - BinaryPrimitives.ReadInt64BigEndian(buffer.AsSpan(Header)));
                    }
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
                {
                    // A port that closed.
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
