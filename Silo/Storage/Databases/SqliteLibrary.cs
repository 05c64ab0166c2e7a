using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Webphone.Silo.Storage.Databases;

/// <summary>
/// Chooses the SQLite library: the system's, which its distribution patches, when it is there and not older than what we ship with;
/// else the shipped one. Both are called through the same provider, whose library name is resolved here.
/// </summary>
internal static class SqliteLibrary
{
    /// <summary>3.35.0, the version in the shipped bundle; RETURNING and our upserts need no more.</summary>
    private const int OldestVersion = 3_035_000;
    private const string ShippedName = "e_sqlite3";
    private static readonly string[] SystemNames = ["libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3.dll"];
    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>Makes the library ready, once in the process, and returns its version.</summary>
    public static string Use() => Loaded.Value;

    private static string Load()
    {
        var system = FindSystemLibrary();
        if (system != 0)
        {
            NativeLibrary.SetDllImportResolver(
                typeof(SQLite3Provider_e_sqlite3).Assembly,
                (name, _, _) => name == ShippedName ? system : 0);
        }

        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return raw.sqlite3_libversion().utf8_to_string();
    }

    private static nint FindSystemLibrary()
    {
        foreach (var name in SystemNames)
        {
            if (!NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), null, out var library)) continue;
            if (NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var entry)
                && Marshal.GetDelegateForFunctionPointer<LibraryVersion>(entry)() >= OldestVersion)
                return library;
            NativeLibrary.Free(library);
        }

        return 0;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int LibraryVersion();
}
