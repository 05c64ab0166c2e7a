using Microsoft.Extensions.Logging;
using Webphone.Grains.Tenants;
using Webphone.Net.Sip.Tls;
using Webphone.Silo.Settings;

namespace Webphone.Silo.Hosting;

/// <summary>The certificate of SIP over TLS: the one of the settings, else one of our own that stays in the data folder, so that phones which accepted it go on doing so.</summary>
internal static class TlsIdentity
{
    private const string CertificateName = "self-signed.crt.pem";
    private const string KeyName = "self-signed.key.pem";
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    public static ITlsCertificate Load(WebphoneOptions options, IDirectory directory, TimeProvider time, ILoggerFactory loggers)
    {
        var (certificate, key) = options is { TlsCertificate: { } given, TlsKey: { } givenKey }
            ? (given, givenKey)
            : (Path.Combine(options.DataFolder, CertificateName), Path.Combine(options.DataFolder, KeyName));
        if (options.TlsCertificate is null && !IsFresh(certificate, key, time)) Make(certificate, key, options, directory, time);
        try
        {
            return new CertificateFile(certificate, key, time, loggers.CreateLogger<CertificateFile>());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            throw new StartRefusedException($"--{SettingNames.TlsCert} and --{SettingNames.TlsKey} must hold a certificate and its key: {error.Message}", StartExitCode.BadSettings, error);
        }
    }

    private static bool IsFresh(string certificate, string key, TimeProvider time) =>
        File.Exists(key) && File.Exists(certificate) && time.GetUtcNow() - File.GetLastWriteTimeUtc(certificate) < TimeSpan.FromDays(365) - RenewBefore;

    private static void Make(string certificate, string key, WebphoneOptions options, IDirectory directory, TimeProvider time)
    {
        Directory.CreateDirectory(options.DataFolder);
        var made = SelfSignedCertificate.ToPem([.. directory.Tenants.Select(tenant => tenant.Domain).DefaultIfEmpty("localhost"), .. options.Bind.Select(address => address.ToString())], time.GetUtcNow());
        using (var file = new FileStream(key, KeyFile())) file.Write(System.Text.Encoding.ASCII.GetBytes(made.Key));
        File.WriteAllText(certificate, made.Certificate);
    }

    private static FileStreamOptions KeyFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
