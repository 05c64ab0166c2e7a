using System.Runtime.InteropServices;

namespace Webphone.Media.Dtls;

/// <summary>The entry points of the system's OpenSSL 3 that DTLS and SRTP need; .NET on Linux loads the same library for its own TLS.</summary>
internal static unsafe partial class OpenSsl
{
    public const int Dtls12 = 0xFEFD;
    public const int ControlSetMtu = 17;
    public const int ControlSetCacheMode = 44;
    public const int ControlGetTimeout = 73;
    public const int ControlHandleTimeout = 74;
    public const int ControlSetMinVersion = 123;
    public const int ControlEmptyMeansRetry = 130;
    public const ulong NoQueryMtu = 1UL << 12;
    public const ulong NoTicket = 1UL << 14;
    public const ulong ServerPreference = 1UL << 22;
    public const ulong NoRenegotiation = 1UL << 30;
    public const int VerifyPeer = 1;
    public const int FailWithoutPeerCertificate = 2;
    public const int KeyTypeEc = 408;
    public const int ErrorWantRead = 2;
    public const int ErrorZeroReturn = 6;
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    /// <summary>Whether this system has it.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Ssl, out _) && NativeLibrary.TryLoad(Crypto, out _);

    [LibraryImport(Ssl, EntryPoint = "DTLS_method")]
    public static partial nint DtlsMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    public static partial nint ContextNew(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    public static partial void ContextFree(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(nint context, int command, nint number, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong ContextSetOptions(nint context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cipher_list")]
    public static partial int ContextSetCiphers(nint context, byte* list);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_certificate_ASN1")]
    public static partial int ContextUseCertificate(nint context, int length, byte* der);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_PrivateKey_ASN1")]
    public static partial int ContextUsePrivateKey(int type, nint context, byte* der, nint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void ContextSetVerify(nint context, int mode, nint callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cert_verify_callback")]
    public static partial void ContextSetVerifyCallback(nint context, delegate* unmanaged<nint, nint, int> callback, nint argument);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_tlsext_use_srtp")]
    public static partial int ContextUseSrtp(nint context, byte* profiles);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_accept_state")]
    public static partial void SetAcceptState(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetConnectState(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_bio")]
    public static partial void SetBio(nint ssl, nint read, nint write);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    public static partial int DoHandshake(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    public static partial int Read(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    public static partial int GetError(nint ssl, int result);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(nint ssl, int command, nint number, void* pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial nint GetPeerCertificate(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_selected_srtp_profile")]
    public static partial SrtpProtectionProfile* GetSrtpProfile(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_export_keying_material")]
    public static partial int ExportKeys(nint ssl, byte* destination, nuint length, byte* label, nuint labelLength, byte* context, nuint contextLength, int useContext);

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    public static partial nint BioNew(nint method);

    [LibraryImport(Crypto, EntryPoint = "BIO_s_mem")]
    public static partial nint BioMemory();

    [LibraryImport(Crypto, EntryPoint = "BIO_write")]
    public static partial int BioWrite(nint bio, byte* data, int length);

    [LibraryImport(Crypto, EntryPoint = "BIO_read")]
    public static partial int BioRead(nint bio, byte* data, int length);

    [LibraryImport(Crypto, EntryPoint = "BIO_ctrl")]
    public static partial nint BioControl(nint bio, int command, nint number, nint pointer);

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "X509_digest")]
    public static partial int CertificateDigest(nint certificate, nint digest, byte* destination, uint* length);

    [LibraryImport(Crypto, EntryPoint = "X509_free")]
    public static partial void CertificateFree(nint certificate);

    [LibraryImport(Crypto, EntryPoint = "EVP_sha256")]
    public static partial nint Sha256();

    [LibraryImport(Crypto, EntryPoint = "EVP_sha384")]
    public static partial nint Sha384();

    [LibraryImport(Crypto, EntryPoint = "EVP_sha512")]
    public static partial nint Sha512();

    /// <summary>The handle; throws when there is none, since then the memory is gone or the library is another one.</summary>
    public static nint Made(nint handle, string what) => handle != 0 ? handle : throw new InvalidOperationException($"OpenSSL could not make {what}.");

    /// <summary>Throws when a call of the set-up did not do what it always does.</summary>
    public static void Check(bool done, string what)
    {
        if (!done)
            throw new InvalidOperationException($"OpenSSL refused {what}.");
    }

    /// <summary>struct srtp_protection_profile_st.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SrtpProtectionProfile
    {
        public byte* Name;
        public nuint Id;
    }
}
