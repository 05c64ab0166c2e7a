using System.Runtime.InteropServices;

namespace Webphone.Media.Codecs;

/// <summary>The entry points of the system's libopus, looked for once. Without it Opus passes through and does not transcode.</summary>
internal static unsafe class OpusLibrary
{
    public const int Ok = 0;
    private static readonly nint Library = Load();

    public static readonly delegate* unmanaged<int, int, int, int*, nint> EncoderCreate = (delegate* unmanaged<int, int, int, int*, nint>)Export("opus_encoder_create");
    /// <summary>Of its many forms the one that sets a number. It is variadic in C; a system on which that is another way to call is not asked.</summary>
    public static readonly delegate* unmanaged<nint, int, int, int> EncoderSet = (delegate* unmanaged<nint, int, int, int>)(OperatingSystem.IsLinux() ? Export("opus_encoder_ctl") : 0);
    public static readonly delegate* unmanaged<nint, void> EncoderDestroy = (delegate* unmanaged<nint, void>)Export("opus_encoder_destroy");
    public static readonly delegate* unmanaged<nint, short*, int, byte*, int, int> Encode = (delegate* unmanaged<nint, short*, int, byte*, int, int>)Export("opus_encode");
    public static readonly delegate* unmanaged<int, int, int*, nint> DecoderCreate = (delegate* unmanaged<int, int, int*, nint>)Export("opus_decoder_create");
    public static readonly delegate* unmanaged<nint, void> DecoderDestroy = (delegate* unmanaged<nint, void>)Export("opus_decoder_destroy");
    public static readonly delegate* unmanaged<nint, byte*, int, short*, int, int, int> Decode = (delegate* unmanaged<nint, byte*, int, short*, int, int, int>)Export("opus_decode");
    public static readonly delegate* unmanaged<byte*, int, int, int> CountSamples = (delegate* unmanaged<byte*, int, int, int>)Export("opus_packet_get_nb_samples");

    public static bool IsAvailable => Library != 0;

    private static nint Load()
    {
        foreach (var name in (ReadOnlySpan<string>)["libopus.so.0", "libopus.0.dylib", "opus.dll", "libopus"])
        {
            if (NativeLibrary.TryLoad(name, out var handle))
                return handle;
        }
        return 0;
    }

    private static nint Export(string name) => Library == 0 ? 0 : NativeLibrary.GetExport(Library, name);
}
