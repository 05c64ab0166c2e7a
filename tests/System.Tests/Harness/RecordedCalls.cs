using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Webphone.System.Tests.Harness;

/// <summary>A user's recordings as they get them: over the API, signed in as in the browser.</summary>
public sealed class RecordedCalls : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly RunningSilo _silo;
    private readonly HttpClient _http;

    private RecordedCalls(RunningSilo silo)
    {
        _silo = silo;
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), UseProxy = false }) { BaseAddress = silo.Web("/"), Timeout = Patience };
        _http.DefaultRequestHeaders.Add("X-Webphone", "1");
    }

    public static async Task<RecordedCalls> OfAsync(RunningSilo silo, string extension)
    {
        var calls = new RecordedCalls(silo);
        using var response = await calls._http.PostAsJsonAsync("api/session", new { user = $"{extension}@{RunningSilo.Domain}", password = $"demo-{extension}" });
        Assert.True(response.IsSuccessStatusCode, $"{extension} could not sign in: {response.StatusCode}");
        return calls;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The bytes of the one recording that this server has, while it goes on.</summary>
    public byte[] OnDisk()
    {
        var folder = Path.Combine(_silo.DataFolder, "recordings");
        if (!Directory.Exists(folder) || Directory.GetFiles(folder, "*.wav", SearchOption.AllDirectories) is not [var path])
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Waits until the recording that goes on is as it should be.</summary>
    public async Task UntilAsync(Func<byte[], bool> fits, string what)
    {
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!fits(OnDisk()))
        {
            Assert.True(Environment.TickCount64 < end, $"the recording never {what}:\n{_silo.Output}");
            await Task.Delay(50);
        }
    }

    /// <summary>Waits until the one recording as Opus that goes on holds so many seconds: a page each.</summary>
    public async Task PagesAsync(int seconds)
    {
        var folder = Path.Combine(_silo.DataFolder, "recordings");
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!Directory.Exists(folder) || Directory.GetFiles(folder, "*.ogg", SearchOption.AllDirectories) is not [var path] || Pages(path) < seconds + 2)
        {
            Assert.True(Environment.TickCount64 < end, $"the recording never came to {seconds} s:\n{_silo.Output}");
            await Task.Delay(50);
        }

        static int Pages(string path)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes.AsSpan().Count("OggS"u8);
        }
    }

    /// <summary>Who used recordings, as it was logged.</summary>
    public async Task<JsonArray> UsesAsync() => (await _http.GetFromJsonAsync<JsonNode>("api/recordings/access"))!["entries"]!.AsArray();

    /// <summary>Waits for so much more of the recording than there is now.</summary>
    public Task GrowsAsync(double seconds)
    {
        var before = OnDisk().Length;
        return UntilAsync(bytes => bytes.Length > before + seconds * 64_000, $"grew by {seconds} s");
    }

    /// <summary>The only recording in the user's history, once it has ended.</summary>
    public async Task<JsonNode> OnlyAsync()
    {
        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            var history = (await _http.GetFromJsonAsync<JsonNode>("api/history"))!;
            var found = history["entries"]!.AsArray().SelectMany(entry => entry!["recordings"]!.AsArray()).ToList();
            if (found is [{ } only] && only["endedAt"] is not null)
            {
                return only;
            }

            Assert.True(Environment.TickCount64 < end, $"no recording in the history: {history}\n{_silo.Output}");
            await Task.Delay(50);
        }
    }

    public Task<HttpResponseMessage> GetAsync(JsonNode recording, string more = "") => _http.GetAsync($"api/recordings/{(string)recording["id"]!}{more}");

    /// <summary>What the user and what the other side said, in a recording as WAV.</summary>
    public async Task<(Tone Own, Tone Far)> ListenAsync(JsonNode recording)
    {
        using var response = await GetAsync(recording);
        var wav = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("audio/wav", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(wav.Length - 44, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(40)));
        return (Channel(wav, 0), Channel(wav, 1));
    }

    /// <summary>One channel of a recording, or of a stretch of it.</summary>
    public static Tone Channel(ReadOnlySpan<byte> wav, int channel, double fromSecond = 0, double toSecond = double.MaxValue)
    {
        var (first, last) = ((int)(fromSecond * 16_000), (int)Math.Min((wav.Length - 44) / 4, toSecond * 16_000));
        var samples = new short[Math.Max(0, last - first)];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(wav[(44 + 4 * (first + i) + 2 * channel)..]);
        }

        return new Tone(samples, 16_000);
    }

    /// <summary>The last second of a recording is silence to the last bit.</summary>
    public static bool EndsInSilence(byte[] wav) => wav.Length > 44 + 64_000 && wav.AsSpan(wav.Length - 64_000).IndexOfAnyExcept((byte)0) < 0;
}
