using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Webphone.System.Tests.Harness;

/// <summary>One thing that happened in a baresip: its type, the other side, and a parameter.</summary>
public sealed record BaresipEvent(string Type, string Peer, string Parameter, string CallId);

/// <summary>The control connection of a baresip (module ctrl_tcp): JSON objects framed as netstrings.</summary>
public sealed class BaresipControl : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly Lock _gate = new();
    private readonly List<BaresipEvent> _events = [];
    private readonly Dictionary<string, TaskCompletionSource<JsonNode>> _answers = [];
    private TaskCompletionSource _changed = New();
    private int _read;
    private int _token;

    private BaresipControl(TcpClient tcp)
    {
        _tcp = tcp;
        _ = ReceiveAsync();
    }

    public static async Task<BaresipControl> ConnectAsync(string address, int port)
    {
        var end = Environment.TickCount64 + 40_000;
        while (true)
        {
            var tcp = new TcpClient();
            try
            {
                await tcp.ConnectAsync(address, port);
                return new BaresipControl(tcp);
            }
            catch (SocketException) when (Environment.TickCount64 < end)
            {
                tcp.Dispose();
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Carries out a command that must not fail.</summary>
    public async Task DoAsync(string command, string parameters)
    {
        var answer = await AskAsync(command, parameters);
        Assert.True(answer["ok"]?.GetValue<bool>() == true, $"{command} {parameters}: {answer.ToJsonString()}");
    }

    public async Task<string> CommandAsync(string command, string parameters = "") => (await AskAsync(command, parameters))["data"]?.GetValue<string>() ?? "";

    private async Task<JsonNode> AskAsync(string command, string parameters)
    {
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        string token;
        lock (_gate)
        {
            token = $"t{++_token}";
            _answers[token] = answer;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(new { command, @params = parameters, token });
        byte[] frame = [.. Encoding.ASCII.GetBytes($"{json.Length}:"), .. json, (byte)','];
        await _tcp.GetStream().WriteAsync(frame);
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(40));
    }

    /// <summary>The next event of one of these types after the last one that was waited for.</summary>
    public async Task<BaresipEvent> NextAsync(TimeSpan limit, params string[] types)
    {
        using var deadline = new CancellationTokenSource(limit);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                for (var i = _read; i < _events.Count; i++)
                {
                    if (types.Contains(_events[i].Type))
                    {
                        _read = i + 1;
                        return _events[i];
                    }
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"no {string.Join(" or ", types)} within {limit.TotalSeconds} s; events so far:\n{this}");
            }
        }
    }

    /// <summary>Whether such an event came that nobody has waited for.</summary>
    public bool HasUnread(string type)
    {
        lock (_gate)
        {
            return _events.Skip(_read).Any(e => e.Type == type);
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return string.Join('\n', _events);
        }
    }

    public void Dispose() => _tcp.Dispose();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReceiveAsync()
    {
        var buffer = new List<byte>();
        var chunk = new byte[16384];
        try
        {
            int read;
            while ((read = await _tcp.GetStream().ReadAsync(chunk)) > 0)
            {
                buffer.AddRange(chunk.AsSpan(0, read));
                while (TakeFrame(buffer) is { } json)
                {
                    Handle(json);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The phone has ended; those who wait for it run into their limit.
        }
    }

    private static JsonNode? TakeFrame(List<byte> buffer)
    {
        var colon = buffer.IndexOf((byte)':');
        if (colon < 0)
        {
            return null;
        }

        var length = int.Parse(Encoding.ASCII.GetString([.. buffer.Take(colon)]));
        if (buffer.Count < colon + 1 + length + 1)
        {
            return null;
        }

        var json = buffer.GetRange(colon + 1, length).ToArray();
        buffer.RemoveRange(0, colon + 1 + length + 1);
        return JsonNode.Parse(json);
    }

    private void Handle(JsonNode json)
    {
        lock (_gate)
        {
            if (json["response"] is not null)
            {
                if (_answers.Remove(json["token"]?.GetValue<string>() ?? "", out var answer))
                {
                    answer.TrySetResult(json);
                }

                return;
            }

            string Text(string name) => json[name]?.ToString() ?? "";
            _events.Add(new BaresipEvent(Text("type"), Text("peeruri"), Text("param"), Text("id")));
            var changed = _changed;
            _changed = New();
            changed.TrySetResult();
        }
    }
}
