using System.Text;
using System.Threading.Channels;
using Webphone.Net.Sip;
using Webphone.Net.Sip.Streams;
using Webphone.Sip.Stack;

namespace Webphone.Net.Tests.Sip;

/// <summary>Takes what a network receives and lets a test await it. A message that starts with "BAD" counts as malformed; one that starts with "THROW" throws.</summary>
internal sealed class CollectingReceiver : ISipReceiver
{
    private readonly Channel<(SipFlow Flow, string Text)> _messages = Channel.CreateUnbounded<(SipFlow, string)>();
    private readonly Channel<(SipFlow Flow, FlowEnd End)> _closed = Channel.CreateUnbounded<(SipFlow, FlowEnd)>();

    public Action<SipFlow, string>? OnReceived { get; set; }

    public bool Received(in SipFlow flow, ReadOnlySpan<byte> message)
    {
        var text = Encoding.UTF8.GetString(message);
        if (text.StartsWith("THROW", StringComparison.Ordinal))
            throw new InvalidOperationException("as asked");
        _messages.Writer.TryWrite((flow, text));
        OnReceived?.Invoke(flow, text);
        return !text.StartsWith("BAD", StringComparison.Ordinal);
    }

    public void FlowClosed(in SipFlow flow, FlowEnd end) => _closed.Writer.TryWrite((flow, end));

    public async Task<(SipFlow Flow, string Text)> NextMessage()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _messages.Reader.ReadAsync(limit.Token);
    }

    public async Task<(SipFlow Flow, FlowEnd End)> NextClosed()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _closed.Reader.ReadAsync(limit.Token);
    }

    public bool HasMessage => _messages.Reader.TryPeek(out _);
}
