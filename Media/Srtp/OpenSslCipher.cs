using System.Runtime.InteropServices;

namespace Webphone.Media.Srtp;

/// <summary>OpenSSL's ciphers. Those called for each packet take well below a microsecond, which is when the runtime's bookkeeping of a call may be left out.</summary>
internal static unsafe partial class OpenSslCipher
{
    public const int GetTag = 0x10;
    public const int SetTag = 0x11;
    private const string Crypto = "libcrypto.so.3";

    [LibraryImport(Crypto, EntryPoint = "EVP_aes_128_gcm")]
    public static partial nint Aes128Gcm();

    [LibraryImport(Crypto, EntryPoint = "EVP_aes_256_gcm")]
    public static partial nint Aes256Gcm();

    [LibraryImport(Crypto, EntryPoint = "EVP_CIPHER_CTX_new")]
    public static partial nint New();

    [LibraryImport(Crypto, EntryPoint = "EVP_CIPHER_CTX_free")]
    public static partial void Free(nint cipher);

    [LibraryImport(Crypto, EntryPoint = "EVP_EncryptInit_ex")]
    public static partial int EncryptKey(nint cipher, nint type, nint engine, byte* key, byte* iv);

    [LibraryImport(Crypto, EntryPoint = "EVP_DecryptInit_ex")]
    public static partial int DecryptKey(nint cipher, nint type, nint engine, byte* key, byte* iv);

    [LibraryImport(Crypto, EntryPoint = "EVP_EncryptInit_ex"), SuppressGCTransition]
    public static partial int EncryptInit(nint cipher, nint type, nint engine, byte* key, byte* iv);

    [LibraryImport(Crypto, EntryPoint = "EVP_EncryptUpdate"), SuppressGCTransition]
    public static partial int EncryptUpdate(nint cipher, byte* destination, int* written, byte* source, int length);

    [LibraryImport(Crypto, EntryPoint = "EVP_EncryptFinal_ex"), SuppressGCTransition]
    public static partial int EncryptFinal(nint cipher, byte* destination, int* written);

    [LibraryImport(Crypto, EntryPoint = "EVP_DecryptInit_ex"), SuppressGCTransition]
    public static partial int DecryptInit(nint cipher, nint type, nint engine, byte* key, byte* iv);

    [LibraryImport(Crypto, EntryPoint = "EVP_DecryptUpdate"), SuppressGCTransition]
    public static partial int DecryptUpdate(nint cipher, byte* destination, int* written, byte* source, int length);

    [LibraryImport(Crypto, EntryPoint = "EVP_DecryptFinal_ex"), SuppressGCTransition]
    public static partial int DecryptFinal(nint cipher, byte* destination, int* written);

    [LibraryImport(Crypto, EntryPoint = "EVP_CIPHER_CTX_ctrl"), SuppressGCTransition]
    public static partial int Control(nint cipher, int type, int length, void* pointer);
}
