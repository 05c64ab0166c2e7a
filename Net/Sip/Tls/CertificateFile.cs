using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Webphone.Net.Sip.Tls;

/// <summary>
/// A PEM file with the certificate and its chain, and one with the private key (which may be the same file). Read again when it changed, looked at once
/// a minute at most, as handshakes happen. A file that cannot be read any more leaves the last good certificate in use.
/// </summary>
public sealed partial class CertificateFile : ITlsCertificate
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly string _certificatePath;
    private readonly string _keyPath;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private SslStreamCertificateContext _current;
    private DateTime _stamp;
    private long _lookedAt;

    /// <summary>Reads the files; throws when they hold no usable certificate, so that a wrong setting shows at start.</summary>
    public CertificateFile(string certificatePath, string keyPath, TimeProvider time, ILogger<CertificateFile> logger)
    {
        ArgumentNullException.ThrowIfNull(time);
        _certificatePath = certificatePath;
        _keyPath = keyPath;
        _time = time;
        _logger = logger;
        _stamp = Stamp();
        _lookedAt = time.GetTimestamp();
        _current = Load();
    }

    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_lookedAt) >= LookAgainAfter)
                    LookAgain();
                return _current;
            }
        }
    }

    private void LookAgain()
    {
        _lookedAt = _time.GetTimestamp();
        try
        {
            var stamp = Stamp();
            if (stamp == _stamp)
                return;
            _current = Load();
            _stamp = stamp;
            LogReloaded(_certificatePath);
        }
        catch (Exception failure) when (failure is IOException or CryptographicException or UnauthorizedAccessException)
        {
            LogUnusable(_certificatePath, failure.Message);
        }
    }

    private DateTime Stamp()
    {
        var certificate = File.GetLastWriteTimeUtc(_certificatePath);
        var key = File.GetLastWriteTimeUtc(_keyPath);
        return certificate > key ? certificate : key;
    }

    private SslStreamCertificateContext Load()
    {
        var certificate = X509Certificate2.CreateFromPemFile(_certificatePath, _keyPath);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_certificatePath);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "TLS certificate reloaded from {Path}")]
    private partial void LogReloaded(string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "TLS certificate {Path} changed but cannot be used, the old one stays: {Reason}")]
    private partial void LogUnusable(string path, string reason);
}
