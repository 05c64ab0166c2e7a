using System.Runtime.InteropServices;
using Webphone.Media.Srtp;

namespace Webphone.Media.Dtls;

/// <summary>
/// What all DTLS associations of a process share: the certificate, the ciphers and the SRTP profiles. DTLS 1.2, or what later version the system's OpenSSL
/// has; the peer must show a certificate, and who it is the fingerprint tells. Thread-safe.
/// </summary>
public sealed unsafe class DtlsContext : SafeHandle
{
    /// <summary>Forward secret and authenticated encryption only; WebRTC has no other (RFC 8827 section 6.5).</summary>
    private static ReadOnlySpan<byte> Ciphers => "ECDHE+AESGCM:ECDHE+CHACHA20\0"u8;

    private static readonly SrtpProfile[] AllProfiles = [SrtpProfile.AeadAes128Gcm, SrtpProfile.AeadAes256Gcm, SrtpProfile.AesCm128HmacSha1Tag80];

    /// <param name="certificate">Ours.</param>
    /// <param name="profiles">SRTP profiles that are spoken, the preferred first; null for all that there are, GCM with 128 bits first.</param>
    public DtlsContext(DtlsCertificate certificate, IReadOnlyList<SrtpProfile>? profiles = null)
        : base(0, ownsHandle: true)
    {
        if (!IsSupported)
            throw new PlatformNotSupportedException("DTLS needs OpenSSL 3 (libssl.so.3).");
        Certificate = certificate;
        handle = OpenSsl.Made(OpenSsl.ContextNew(OpenSsl.DtlsMethod()), "a DTLS context");
        OpenSsl.Check(OpenSsl.ContextControl(handle, OpenSsl.ControlSetMinVersion, OpenSsl.Dtls12, 0) == 1, "DTLS 1.2");
        OpenSsl.ContextSetOptions(handle, OpenSsl.NoQueryMtu | OpenSsl.NoTicket | OpenSsl.NoRenegotiation | OpenSsl.ServerPreference);
        _ = OpenSsl.ContextControl(handle, OpenSsl.ControlSetCacheMode, 0, 0);
        OpenSsl.ContextSetVerify(handle, OpenSsl.VerifyPeer | OpenSsl.FailWithoutPeerCertificate, 0);
        OpenSsl.ContextSetVerifyCallback(handle, &AcceptAny, 0);
        fixed (byte* ciphers = Ciphers)
        fixed (byte* der = certificate.Der)
        fixed (byte* key = certificate.Key)
        fixed (byte* names = System.Text.Encoding.ASCII.GetBytes(string.Join(':', (profiles ?? AllProfiles).Select(NameOf)) + "\0"))
        {
            OpenSsl.Check(OpenSsl.ContextSetCiphers(handle, ciphers) == 1, "the ciphers");
            OpenSsl.Check(OpenSsl.ContextUseCertificate(handle, certificate.Der.Length, der) == 1, "the certificate");
            OpenSsl.Check(OpenSsl.ContextUsePrivateKey(OpenSsl.KeyTypeEc, handle, key, certificate.Key.Length) == 1, "the key");
            OpenSsl.Check(OpenSsl.ContextUseSrtp(handle, names) == 0, "the SRTP profiles");
        }
    }

    /// <summary>Whether this system has the OpenSSL that it takes.</summary>
    public static bool IsSupported => OpenSsl.IsAvailable;

    public DtlsCertificate Certificate { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>The profile of a number of RFC 5764 section 4.1.2 or RFC 7714 section 14.2; null for one that we do not speak.</summary>
    internal static SrtpProfile? ProfileOf(nuint id) => id switch
    {
        1 => SrtpProfile.AesCm128HmacSha1Tag80,
        7 => SrtpProfile.AeadAes128Gcm,
        8 => SrtpProfile.AeadAes256Gcm,
        _ => null,
    };

    internal nint NewAssociation()
    {
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            return OpenSsl.Made(OpenSsl.New(handle), "a DTLS association");
        }
        finally
        {
            if (added)
                DangerousRelease();
        }
    }

    protected override bool ReleaseHandle()
    {
        OpenSsl.ContextFree(handle);
        return true;
    }

    private static string NameOf(SrtpProfile profile) => profile switch
    {
        SrtpProfile.AeadAes128Gcm => "SRTP_AEAD_AES_128_GCM",
        SrtpProfile.AeadAes256Gcm => "SRTP_AEAD_AES_256_GCM",
        SrtpProfile.AesCm128HmacSha1Tag80 => "SRTP_AES128_CM_SHA1_80",
        _ => throw new ArgumentException($"{profile} is not for DTLS.", nameof(profile)),
    };

    /// <summary>Self-signed certificates have no chain to check: the fingerprint is checked when the handshake is done.</summary>
    [UnmanagedCallersOnly]
    private static int AcceptAny(nint store, nint argument) => 1;
}
