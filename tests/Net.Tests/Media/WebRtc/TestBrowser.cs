using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Webphone.Media.Dtls;
using Webphone.Media.Ice;
using Webphone.Media.Rtp;
using Webphone.Media.Srtp;
using Webphone.Media.Stun;
using Webphone.Net.Media.WebRtc;

namespace Webphone.Net.Tests.Media.WebRtc;

/// <summary>The other side of a WebRTC endpoint: a full ICE agent that controls, a DTLS client, and one RTP stream; over UDP, or TCP in frames.</summary>
public sealed class TestBrowser : IAsyncDisposable
{
    private static readonly DtlsCertificate SharedCertificate = DtlsCertificate.Make(DateTimeOffset.UtcNow);

    private readonly Channel<(RtpHeader Header, byte[] Payload)> _received = Channel.CreateUnbounded<(RtpHeader, byte[])>();
    private readonly TaskCompletionSource _keyed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly DtlsContext _context;
    private readonly byte[] _packet = new byte[400];
    private readonly IPEndPoint _server;
    private readonly bool _tcp;
    private Socket _socket;
    private Task _reading = Task.CompletedTask;
    private DtlsConnection _dtls;
    private SrtpSender? _sender;
    private SrtpReceiver? _receiver;
    private LocalTransport _peer = null!;
    private TaskCompletionSource<int> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ushort _sequence = 1000;

    public TestBrowser(IPEndPoint server, bool tcp = false, DtlsCertificate? certificate = null, IReadOnlyList<SrtpProfile>? profiles = null, uint ssrc = 77, int maxDatagram = DtlsConnection.MaxDatagram)
    {
        _server = server;
        _tcp = tcp;
        Ssrc = ssrc;
        _context = new DtlsContext(certificate ?? SharedCertificate, profiles);
        _dtls = new DtlsConnection(_context, DtlsRole.Client, maxDatagram);
        _socket = Open();
        Credentials = NewCredentials();
    }

    public uint Ssrc { get; set; }

    public IceCredentials Credentials { get; private set; }

    public RemoteTransport Description => new(Credentials, [_context.Certificate.Fingerprint], DtlsRole.Server);

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    public long PacketsReceived { get; private set; }

    public long PacketsRefused { get; private set; }

    /// <summary>Payloads are not kept and the server's certificate is not looked at: for loads.</summary>
    public bool CountsOnly { get; init; }

    /// <summary>Everything that it sent as RTP, protected, when it is wanted for replaying.</summary>
    public List<byte[]>? Sent { get; init; }

    /// <summary>Checks the path, nominates it, and shakes hands.</summary>
    public async Task ConnectAsync(LocalTransport peer)
    {
        await CheckAsync(peer);
        lock (_gate)
        {
            _dtls.Start();
            Flush();
        }
        _ = RetransmitAsync();
        await _keyed.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Proves and nominates the path; gives the code of an error, or 0.</summary>
    public async Task<int> CheckAsync(LocalTransport peer, bool nominate = true)
    {
        _peer = peer;
        if (_tcp && !_socket.Connected)
            await _socket.ConnectAsync(_server);
        if (_reading.IsCompleted)
            _reading = ReadAsync(_socket);
        while (true)
        {
            _answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            SendCheck(nominate, peer.Credentials.Password);
            try
            {
                return await _answer.Task.WaitAsync(TimeSpan.FromMilliseconds(500), _stop.Token);
            }
            catch (TimeoutException)
            {
                // Lost, or the other side is busy: once more, as ICE does.
            }
        }
    }

    /// <summary>Sends a check with this password and waits for nothing.</summary>
    public void SendCheck(bool nominate, string password)
    {
        var buffer = new byte[StunWriter.MaxSize];
        var writer = new StunWriter(buffer, StunType.BindingRequest, RandomNumberGenerator.GetBytes(12));
        writer.Add(StunAttribute.Username, Encoding.ASCII.GetBytes($"{_peer.Credentials.Ufrag}:{Credentials.Ufrag}"));
        writer.Add(StunAttribute.Priority, 1u << 30);
        writer.Add(StunAttribute.IceControlling, 5ul);
        if (nominate)
            writer.Add(StunAttribute.UseCandidate, []);
        writer.AddIntegrity(Encoding.ASCII.GetBytes(password));
        writer.AddFingerprint();
        SendRaw(buffer.AsSpan(0, writer.Length));
    }

    /// <summary>Another network and new credentials, the association as it is: an ICE restart.</summary>
    public void Move()
    {
        _socket.Dispose();
        _socket = Open();
        _reading = Task.CompletedTask;
        Credentials = NewCredentials();
    }

    public void Send(ReadOnlySpan<byte> payload, byte payloadType = 0)
    {
        lock (_gate)
        {
            payload.CopyTo(_packet.AsSpan(RtpHeader.FixedSize));
            new RtpHeader(payloadType, false, _sequence, _sequence * 160u, Ssrc).Write(_packet);
            _sequence++;
            var length = _sender!.ProtectRtp(_packet, RtpHeader.FixedSize + payload.Length);
            Sent?.Add(_packet[..length]);
            SendRaw(_packet.AsSpan(0, length));
        }
    }

    public async Task<(RtpHeader Header, byte[] Payload)> ReceiveAsync() =>
        await _received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    public bool TryReceive(out (RtpHeader Header, byte[] Payload) packet) => _received.Reader.TryRead(out packet);

    public void Close()
    {
        lock (_gate)
        {
            _dtls.Close();
            Flush();
        }
    }

    /// <summary>Sends bytes as they are, framed on TCP.</summary>
    public void SendRaw(ReadOnlySpan<byte> datagram)
    {
        if (!_tcp)
        {
            _socket.SendTo(datagram, _server);
            return;
        }
        Span<byte> frame = stackalloc byte[2 + datagram.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)datagram.Length);
        datagram.CopyTo(frame[2..]);
        _socket.Send(frame);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _reading;
        lock (_gate)
            _dtls.Dispose();
        _sender?.Dispose();
        _receiver?.Dispose();
        _context.Dispose();
        _stop.Dispose();
    }

    private static IceCredentials NewCredentials() => IceCredentials.Make(RandomNumberGenerator.GetBytes(IceCredentials.RandomSize));

    private Socket Open()
    {
        var socket = new Socket(_server.AddressFamily, _tcp ? SocketType.Stream : SocketType.Dgram, _tcp ? ProtocolType.Tcp : ProtocolType.Udp);
        socket.Bind(new IPEndPoint(_server.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0));
        return socket;
    }

    private async Task RetransmitAsync()
    {
        while (!_keyed.Task.IsCompleted && !_stop.IsCancellationRequested)
        {
            await Task.Delay(20);
            lock (_gate)
            {
                if (_stop.IsCancellationRequested || _dtls.Timeout is not { } due || due > TimeSpan.Zero)
                    continue;
                _dtls.OnTimeout();
                Flush();
            }
        }
    }

    private async Task ReadAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var filled = 0;
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
                if (read == 0)
                    return;
                if (!_tcp)
                {
                    Take(buffer.AsSpan(0, read));
                    continue;
                }
                filled += read;
                var at = 0;
                while (filled - at >= 2 && filled - at >= 2 + BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(at)))
                {
                    int length = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(at));
                    Take(buffer.AsSpan(at + 2, length));
                    at += 2 + length;
                }
                buffer.AsSpan(at, filled - at).CopyTo(buffer);
                filled -= at;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed by the test.
        }
    }

    private void Take(Span<byte> datagram)
    {
        lock (_gate)
        {
            switch (DatagramKinds.Classify(datagram))
            {
                case DatagramKind.Stun when StunMessage.TryParse(datagram, out var message, out _) && message.IsFrom(Encoding.ASCII.GetBytes(_peer.Credentials.Password)):
                    _answer.TrySetResult(message.ErrorCode);
                    break;
                case DatagramKind.Dtls:
                    _dtls.Receive(datagram);
                    Flush();
                    if (_sender is null && _dtls.TryExport(out var local, out var remote) && (CountsOnly || _dtls.IsPeer([_peer.Fingerprint])))
                    {
                        (_sender, _receiver) = (new SrtpSender(local!), new SrtpReceiver(remote!));
                        _keyed.TrySetResult();
                    }
                    break;
                case DatagramKind.Rtp when _receiver is not null:
                    TakeRtp(datagram);
                    break;
            }
        }
    }

    private void TakeRtp(Span<byte> datagram)
    {
        if (_receiver!.UnprotectRtp(datagram, out var length) != SrtpResult.Accepted || !RtpHeader.TryParse(datagram[..length], out var header, out _))
        {
            PacketsRefused++;
            return;
        }
        PacketsReceived++;
        if (!CountsOnly)
            _received.Writer.TryWrite((header, datagram.Slice(header.PayloadOffset, header.PayloadLength).ToArray()));
    }

    private void Flush()
    {
        while (_dtls.TryTake(out var datagram))
            SendRaw(datagram);
    }
}
