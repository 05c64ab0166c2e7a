using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Webphone.WebFrontend.App;

/// <summary>
/// The built browser app, read once and kept compressed. What has its hash in its name may be kept by browsers for ever; the rest is asked for again each time.
/// Nothing outside the folder as it was read can be served.
/// </summary>
internal sealed class AppFiles
{
    public const string IndexPath = "/index.html";

    /// <summary>Vite puts what has a hash in its name here.</summary>
    private const string HashedFolder = "/assets/";

    private const long MostBytes = 64 * 1024 * 1024;
    private const int WorthCompressing = 1024;

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".json"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".ico"] = "image/x-icon",
        [".woff2"] = "font/woff2",
        [".wav"] = "audio/wav",
        [".mp3"] = "audio/mpeg",
        [".ogg"] = "audio/ogg",
        [".txt"] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, AppFile> _files;

    private AppFiles(FrozenDictionary<string, AppFile> files) => _files = files;

    private sealed record AppFile(byte[] Content, byte[]? Brotli, string ContentType, string Tag, bool IsHashed);

    /// <summary>The files of the folder; null when it has no index page.</summary>
    public static AppFiles? Load(string? folder)
    {
        if (folder is null || !File.Exists(Path.Combine(folder, "index.html")))
            return null;
        var files = new Dictionary<string, AppFile>();
        long total = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (!ContentTypes.TryGetValue(Path.GetExtension(path), out var type))
                continue;
            total += new FileInfo(path).Length;
            if (total > MostBytes)
                throw new InvalidDataException($"The browser app in {folder} is larger than {MostBytes} bytes.");
            var content = File.ReadAllBytes(path);
            var name = "/" + Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
            files[name] = new AppFile(
                content, Compress(content, type), type, $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"", name.StartsWith(HashedFolder, StringComparison.Ordinal));
        }
        return new AppFiles(files.ToFrozenDictionary());
    }

    public bool Has(string path) => _files.ContainsKey(path);

    public Task Serve(HttpContext http, string path)
    {
        var file = _files[path];
        var headers = http.Response.Headers;
        headers.CacheControl = file.IsHashed ? "public, max-age=31536000, immutable" : "no-cache";
        headers.ETag = file.Tag;
        if (file.Brotli is not null)
            headers.Vary = "Accept-Encoding";
        if (http.Request.Headers.IfNoneMatch.ToString().Contains(file.Tag, StringComparison.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        var content = file.Content;
        if (file.Brotli is { } compressed && http.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
        {
            headers.ContentEncoding = "br";
            content = compressed;
        }
        http.Response.ContentType = file.ContentType;
        http.Response.ContentLength = content.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(content, http.RequestAborted).AsTask();
    }

    private static byte[]? Compress(byte[] content, string type)
    {
        var isText = type.StartsWith("text/", StringComparison.Ordinal) || type.StartsWith("application/", StringComparison.Ordinal) || type == ContentTypes[".svg"];
        if (!isText || content.Length < WorthCompressing)
            return null;
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        return BrotliEncoder.TryCompress(content, compressed, out var written, quality: 9, window: 22) && written < content.Length ? compressed[..written] : null;
    }
}
