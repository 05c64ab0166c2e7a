using System.Collections;
using System.CommandLine;
using Microsoft.Extensions.Configuration;

namespace Webphone.Silo.Settings;

/// <summary>
/// Reads the settings of every source, strongest first: command line, environment, <c>webphone.json</c>, and the <c>Webphone</c>
/// section of <c>appsettings.json</c>. Files are looked for in the working folder. A name that no setting has is refused in the
/// files, which are ours, and passed over in the environment, which is not.
/// </summary>
internal static class SettingSources
{
    public const string OwnFile = "webphone.json";
    public const string SharedFile = "appsettings.json";
    private const string SharedSection = "Webphone";

    public static SettingValues Read(ParsedCommand command, IDictionary environment, string folder)
    {
        var values = new SettingValues();
        foreach (var (setting, text) in command.Settings) values.Add(setting.Name, text, "--" + setting.Name);
        AddEnvironment(values, environment);
        AddFile(values, Path.Combine(folder, OwnFile), section: null);
        AddFile(values, Path.Combine(folder, SharedFile), SharedSection);
        return values;
    }

    private static void AddEnvironment(SettingValues values, IDictionary environment)
    {
        foreach (var setting in SettingNames.All)
        {
            if (environment[setting.EnvironmentVariable] is string { Length: > 0 } text) values.Add(setting.Name, text, setting.EnvironmentVariable);
        }
    }

    private static void AddFile(SettingValues values, string path, string? section)
    {
        if (!File.Exists(path)) return;
        var file = Path.GetFileName(path);
        IConfiguration configuration = Load(path, file);
        if (section is not null) configuration = configuration.GetSection(section);
        foreach (var child in configuration.GetChildren())
        {
            var setting = SettingNames.Find(child.Key)
                ?? throw new StartRefusedException($"{file}: there is no setting \"{child.Key}\"; see --help for their names.", StartExitCode.BadSettings);
            var text = child.Value ?? string.Join(',', child.GetChildren().Select(item => item.Value));
            values.Add(setting.Name, text, $"{setting.Name} in {file}");
        }
    }

    private static IConfigurationRoot Load(string path, string file)
    {
        try
        {
            return new ConfigurationBuilder().AddJsonFile(path, optional: true, reloadOnChange: false).Build();
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{file} cannot be read: {(error.InnerException ?? error).Message}", StartExitCode.BadSettings, error);
        }
    }
}
