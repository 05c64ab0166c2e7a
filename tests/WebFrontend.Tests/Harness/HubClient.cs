using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;

namespace Webphone.WebFrontend.Tests.Harness;

/// <summary>A client of SignalR's JSON protocol over a WebSocket: what a browser does, without one. Safe from any thread.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private const byte RecordEnd = 0x1e;
    private static readonly byte[] Handshake = [.. """{"protocol":"json","version":1}"""u8, RecordEnd];
    private static readonly byte[] Ping = [.. """{"type":6}"""u8, RecordEnd];

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly Channel<HubMessage> _told = Channel.CreateUnbounded<HubMessage>();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _over = new();
    private Task _receiving = Task.CompletedTask;
    private readonly List<HubMessage> _passedOver = [];
    private int _ids;
    private bool _isDisposed;

    /// <summary>Hears every message in its turn, on the receiving thread; without one they wait for <see cref="Next"/>.</summary>
    public Action<HubMessage>? OnMessage { get; init; }

    /// <summary>Ends when the connection does, however.</summary>
    public Task Over => _receiving;

    /// <param name="server">Such as http://127.0.0.1:8080.</param>
    /// <param name="cookie">The value of the Cookie header; null sends none.</param>
    /// <param name="origin">The page that opens it; null says nothing, as programs do.</param>
    public async Task Connect(Uri server, string? cookie, string? origin = null)
    {
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        if (cookie is not null)
            _socket.Options.SetRequestHeader("Cookie", cookie);
        if (origin is not null)
            _socket.Options.SetRequestHeader("Origin", origin);
        _socket.Options.SetRequestHeader("User-Agent", "test browser");
        await _socket.ConnectAsync(new Uri($"ws://{server.Authority}/hub"), CancellationToken.None);
        await SendBytes(Handshake);
        _receiving = Receive();
    }

    public async Task<T> Ask<T>(string method, params object?[] arguments) => (await Ask(method, arguments)).Deserialize<T>(Json)!;

    public Task Do(string method, params object?[] arguments) => Ask(method, arguments);

    /// <summary>The next message of the method that fits, in the order of arrival. Those of the method before it are gone, those of others wait.</summary>
    public async Task<T> Next<T>(string method, Func<T, bool>? fits = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var value = (await Next(method, limit.Token)).Argument.Deserialize<T>(Json)!;
            if (fits?.Invoke(value) ?? true)
                return value;
        }
    }

    private async Task<HubMessage> Next(string method, CancellationToken limit)
    {
        var waiting = _passedOver.FindIndex(message => message.Method == method);
        if (waiting >= 0)
        {
            var found = _passedOver[waiting];
            _passedOver.RemoveAt(waiting);
            return found;
        }
        while (true)
        {
            try
            {
                var message = await _told.Reader.ReadAsync(limit);
                if (message.Method == method)
                    return message;
                _passedOver.Add(message);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"No {method} came that fits.");
            }
        }
    }

    public Task SendPing() => SendBytes(Ping);

    public async Task SendBytes(ReadOnlyMemory<byte> bytes)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The connection breaks: nothing is said.</summary>
    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _over.CancelAsync();
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
        _over.Dispose();
    }

    private async Task<JsonElement> Ask(string method, object?[] arguments)
    {
        var id = Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        var body = JsonSerializer.SerializeToUtf8Bytes(new { type = 1, invocationId = id, target = method, arguments }, Json);
        await SendBytes((byte[])[.. body, RecordEnd]);
        var first = await Task.WhenAny(answer.Task, _receiving).WaitAsync(TimeSpan.FromSeconds(30));
        if (first != answer.Task && !answer.Task.IsCompleted)
            throw new HubClosedException();
        return await answer.Task;
    }

    private async Task Receive()
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var result = await _socket.ReceiveAsync(buffer.GetMemory(4096), _over.Token);
                if (result.MessageType == WebSocketMessageType.Close)
                    break;
                buffer.Advance(result.Count);
                if (result.EndOfMessage)
                    TakeRecords(buffer);
            }
        }
        catch (Exception end) when (end is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is over; who waits is told below.
        }
        _told.Writer.TryComplete(new HubClosedException());
        foreach (var (_, asked) in _asked)
            asked.TrySetException(new HubClosedException());
    }

    private void TakeRecords(ArrayBufferWriter<byte> buffer)
    {
        var bytes = buffer.WrittenSpan;
        while (bytes.IndexOf(RecordEnd) is var end and >= 0)
        {
            Take(JsonDocument.Parse(bytes[..end].ToArray()).RootElement);
            bytes = bytes[(end + 1)..];
        }
        buffer.Clear();
    }

    private void Take(JsonElement record)
    {
        if (!record.TryGetProperty("type", out var type))
            return;
        switch (type.GetInt32())
        {
            case 1:
                var message = new HubMessage(record.GetProperty("target").GetString()!, record.GetProperty("arguments")[0]);
                if (OnMessage is { } hear)
                    hear(message);
                else
                    _told.Writer.TryWrite(message);
                break;
            case 3 when _asked.TryRemove(record.GetProperty("invocationId").GetString()!, out var asked):
                if (record.TryGetProperty("error", out var error))
                    asked.TrySetException(new HubRefusedException(error.GetString()!));
                else
                    asked.TrySetResult(record.TryGetProperty("result", out var result) ? result : default);
                break;
        }
    }
}

/// <summary>Something that the hub told.</summary>
internal readonly record struct HubMessage(string Method, JsonElement Argument);

/// <summary>The hub refused a call.</summary>
internal sealed class HubRefusedException(string reason) : Exception(reason);

/// <summary>The connection is over.</summary>
internal sealed class HubClosedException() : Exception("The connection to the hub is over.");
