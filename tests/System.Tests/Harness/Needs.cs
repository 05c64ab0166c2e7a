using System.Runtime.InteropServices;

namespace Webphone.System.Tests.Harness;

/// <summary>What a test needs of the machine; where it is missing the test is skipped and says why.</summary>
public static class Needs
{
    private static readonly string[] Folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];

    public static string Program(string name, string package)
    {
        var path = Find(name);
        Assert.SkipWhen(path is null, $"{name} is not installed (apt-get install {package})");
        return path!;
    }

    public static string Baresip() => Program("baresip", "baresip-core");

    public static string Sipp() => Program("sipp", "sip-tester");

    public static void Root()
    {
        Assert.SkipUnless(geteuid() == 0, "needs root, for network namespaces");
    }

    /// <summary>The file or null, for those who can do without.</summary>
    public static string? Find(string name)
    {
        return Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();
}
