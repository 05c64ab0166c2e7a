namespace Webphone.System.Tests.Harness;

/// <summary>A folder that is gone when the test is over. Its path is short: baresip cuts file names at 127 characters.</summary>
public sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("wp-").FullName;

    public string At(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        var path = At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // A process that is just dying may still write here; the system's own cleaning takes the rest.
        }
    }
}
