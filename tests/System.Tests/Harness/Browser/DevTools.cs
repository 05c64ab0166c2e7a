using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Webphone.System.Tests.Harness.Browser;

/// <summary>The DevTools protocol over its WebSocket: commands with their answers, and events to who listens.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = new();
    private readonly ConcurrentDictionary<string, Action<string, JsonNode>> _listeners = new();
    private readonly SemaphoreSlim _sending = new(1);
    private Task _reading = Task.CompletedTask;
    private int _last;

    public static async Task<DevTools> ConnectAsync(Uri address, string? networkNamespace)
    {
        var tools = new DevTools();
        using var handler = networkNamespace is null ? new SocketsHttpHandler() : BrowserNetwork.HandlerIn(networkNamespace);
        await tools._socket.ConnectAsync(address, new HttpMessageInvoker(handler), new CancellationTokenSource(Patience).Token);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    /// <summary>Hears the events of a session.</summary>
    public void Listen(string session, Action<string, JsonNode> listener) => _listeners[session] = listener;

    /// <summary>Sends a command and gives its result; an error of the browser is thrown, and that it is gone.</summary>
    public async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null, string? session = null)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = _waiting[id] = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var command = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
            command["sessionId"] = session;
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(command.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, default);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
        {
            throw new InvalidOperationException("the browser is gone", e);
        }
        finally
        {
            _sending.Release();
        }
        if (_reading.IsCompleted)
            answer.TrySetException(new InvalidOperationException("the browser is gone"));
        return await answer.Task.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), default);
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                if (JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length)) is { } node)
                    Take(node);
                message.SetLength(0);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            foreach (var waiting in _waiting.Values)
                waiting.TrySetException(new InvalidOperationException("the browser is gone", e));
        }
    }

    private void Take(JsonNode node)
    {
        if ((int?)node["id"] is { } id && _waiting.TryRemove(id, out var waiting))
        {
            if (node["error"] is { } error)
                waiting.TrySetException(new InvalidOperationException(error.ToJsonString()));
            else
                waiting.TrySetResult(node["result"]!);
        }
        else if ((string?)node["sessionId"] is { } session && _listeners.TryGetValue(session, out var listener))
        {
            listener((string)node["method"]!, node["params"]!);
        }
    }
}
