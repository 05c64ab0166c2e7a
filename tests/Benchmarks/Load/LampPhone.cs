using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Webphone.Sip.Authentication;
using Webphone.Sip.Headers;
using Webphone.Sip.Messages;

namespace Webphone.Benchmarks.Load;

/// <summary>A phone with many lamps: it subscribes, refreshes, and answers every NOTIFY as soon as it comes.</summary>
internal sealed class LampPhone : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly IPEndPoint _server;
    private readonly string _extension;
    private readonly string _domain;
    private readonly LampClock _clock;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<SipMessage>> _asked = new();
    private readonly ConcurrentDictionary<string, Lamp> _lamps = new();
    private readonly HashSet<string> _branches = [];

    public LampPhone(IPEndPoint server, string extension, string domain, LampClock clock)
    {
        (_server, _extension, _domain, _clock) = (server, extension, domain, clock);
        _socket.Client.ReceiveBufferSize = 4 << 20;
        new Thread(Receive) { IsBackground = true }.Start();
    }

    public async Task Subscribe(string target)
    {
        var lamp = new Lamp(Token(), $"sip:{target}@{_domain}");
        _lamps[lamp.CallId] = lamp;
        var challenge = await Ask(lamp, "");
        var writer = new SipWriter(512);
        DigestClient.TryAnswer(ref writer, challenge, _extension, $"secret-{_extension}", "SUBSCRIBE"u8, Encoding.ASCII.GetBytes(lamp.Uri), Encoding.ASCII.GetBytes(Token()), 1);
        var proof = Encoding.ASCII.GetString(writer.Written);
        writer.Dispose();
        var answer = await Ask(lamp, proof);
        if (answer.StatusCode != 200)
            throw new InvalidOperationException($"SUBSCRIBE got {answer.StatusCode}");
        lamp.ToTag = Encoding.ASCII.GetString(answer.ToTag);
    }

    public Task RefreshAll() => Task.WhenAll(_lamps.Values.Select(lamp => Ask(lamp, "")));

    public void Dispose() => _socket.Dispose();

    private async Task<SipMessage> Ask(Lamp lamp, string more)
    {
        var local = (IPEndPoint)_socket.Client.LocalEndPoint!;
        var (branch, cseq) = ($"z9hG4bK{Token()}", ++lamp.CSeq);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"SUBSCRIBE {lamp.Target ?? lamp.Uri} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch={branch};rport\r\nMax-Forwards: 70\r\nFrom: <sip:{_extension}@{_domain}>;tag={lamp.CallId}\r\n"
            + $"To: <{lamp.Uri}>{(lamp.ToTag.Length > 0 ? $";tag={lamp.ToTag}" : "")}\r\nCall-ID: {lamp.CallId}\r\nCSeq: {cseq} SUBSCRIBE\r\nContact: <sip:{_extension}@{local}>\r\n"
            + $"Event: dialog\r\nExpires: 3600\r\n{more}Content-Length: 0\r\n\r\n");
        var answer = new TaskCompletionSource<SipMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[branch] = answer;
        for (var attempt = 0; ; attempt++)
        {
            await _socket.SendAsync(Encoding.ASCII.GetBytes(text), _server);
            try
            {
                return await answer.Task.WaitAsync(TimeSpan.FromSeconds(1));
            }
            catch (TimeoutException) when (attempt < 10)
            {
                // UDP: again.
            }
        }
    }

    private void Receive()
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        var buffer = new byte[65536];
        try
        {
            while (true)
            {
                var length = _socket.Client.ReceiveFrom(buffer, ref from);
                if (SipMessage.TryParse(buffer.AsSpan(0, length).ToArray(), out var message, out _))
                    Take(message!);
            }
        }
        catch (Exception end) when (end is ObjectDisposedException or SocketException)
        {
            // The run is over.
        }
    }

    private void Take(SipMessage message)
    {
        var branch = Encoding.ASCII.GetString(message.Branch);
        if (message.IsResponse)
        {
            if (message.StatusCode >= 200 && _asked.TryRemove(branch, out var asked))
                asked.TrySetResult(message);
            return;
        }
        _socket.Client.SendTo(SipResponse.Create(message, 200), _server);
        if (_lamps.TryGetValue(Encoding.ASCII.GetString(message.CallId), out var lamp) && message.TryGetContact(out var contact))
            lamp.Target ??= Encoding.ASCII.GetString(contact.Uri);
        // A repeat is answered and not counted.
        if (_branches.Add(branch))
            _clock.Told();
    }

    private static string Token() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private sealed class Lamp(string callId, string uri)
    {
        public string CallId => callId;

        public string Uri => uri;

        /// <summary>Where requests in its dialog go.</summary>
        public string? Target { get; set; }

        public string ToTag { get; set; } = "";

        public int CSeq { get; set; }
    }
}
