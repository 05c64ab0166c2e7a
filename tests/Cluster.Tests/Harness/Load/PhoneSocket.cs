using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Webphone.System.Tests.Harness;

namespace Webphone.Cluster.Tests.Harness.Load;

/// <summary>One UDP port that many phones speak by: what comes is told apart by Call-ID, and calls that come in are rung and answered at once.</summary>
public sealed class PhoneSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 24, SendBufferSize = 1 << 22 };
    private readonly ConcurrentDictionary<string, Channel<SipText>> _dialogs = new();
    private readonly ConcurrentDictionary<string, AnsweredCall> _answered = new();

    public PhoneSocket()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = Receive();
    }

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Where users want the audio of calls to them; nowhere when they are not here.</summary>
    public ConcurrentDictionary<string, IPEndPoint> Audio { get; } = new();

    /// <summary>Users whom an INVITE came for, with the time that it came at; only of those who are waited for.</summary>
    public ConcurrentDictionary<string, TaskCompletionSource<long>> Rung { get; } = new();

    public ChannelReader<SipText> Open(string callId)
    {
        var messages = Channel.CreateUnbounded<SipText>();
        _dialogs[callId] = messages;
        return messages.Reader;
    }

    public void Close(string callId) => _dialogs.TryRemove(callId, out _);

    public void Send(string text, IPEndPoint to)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(text), to);
        }
        catch (SocketException)
        {
            // Nobody listens there just now: silence is what the phone makes of it.
        }
    }

    /// <summary>When the other side ended the call to this user, by the machine's clock in ms; 0 when it did not.</summary>
    public long EndOf(string extension) => _answered.Values.FirstOrDefault(call => call.Extension == extension)?.HungUpAt ?? 0;

    /// <summary>Where the server wants the audio of the call that this user answered.</summary>
    public IPEndPoint? MediaOf(string extension) => _answered.Values.FirstOrDefault(call => call.Extension == extension)?.Media;

    public void Dispose() => _socket.Dispose();

    private async Task Receive()
    {
        var buffer = new byte[65536];
        while (true)
        {
            try
            {
                var read = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                if (SipText.TryParse(Encoding.UTF8.GetString(buffer, 0, read.ReceivedBytes)) is { } message) Take(message, (IPEndPoint)read.RemoteEndPoint);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // The silo there is gone; others are heard on.
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Take(SipText message, IPEndPoint from)
    {
        if (_dialogs.TryGetValue(message.CallId, out var dialog))
        {
            dialog.Writer.TryWrite(message);
            return;
        }

        if (!message.IsRequest) return;
        switch (message.Method)
        {
            case "INVITE":
                Answer(message, from);
                break;
            case "BYE" or "CANCEL":
                if (_answered.TryGetValue(message.CallId, out var call)) call.HungUpAt = Environment.TickCount64;
                Send(FlowText.Response(message, 200, "OK", "x", Local), from);
                break;
        }
    }

    private void Answer(SipText invite, IPEndPoint from)
    {
        var extension = FlowText.UserOf(SipText.Uri(invite["To"]));
        var answer = _answered.GetOrAdd(invite.CallId, static (callId, made) => new AnsweredCall(made.Extension, FlowText.MediaOf(made.Invite.Body)), (Extension: extension, Invite: invite));
        if (Rung.TryGetValue(extension, out var waiting)) waiting.TrySetResult(Environment.TickCount64);
        Send(FlowText.Response(invite, 180, "Ringing", "t" + invite.CallId[..8], Local), from);
        var sdp = FlowText.Audio(Audio.GetValueOrDefault(extension, FlowText.Nowhere));
        if (answer.HungUpAt == 0) Send(FlowText.Response(invite, 200, "OK", "t" + invite.CallId[..8], Local, sdp), from);
    }

    private sealed class AnsweredCall(string extension, IPEndPoint? media)
    {
        private long _hungUpAt;

        public string Extension { get; } = extension;

        public IPEndPoint? Media { get; } = media;

        public long HungUpAt
        {
            get => Interlocked.Read(ref _hungUpAt);
            set => Interlocked.CompareExchange(ref _hungUpAt, value, 0);
        }
    }
}
