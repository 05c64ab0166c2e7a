using System.Collections.Immutable;
using System.CommandLine;

namespace Webphone.Silo.Settings;

/// <summary>What the command line asks for.</summary>
/// <param name="PrintSchema">Print the JSON Schema of provisioning files and end.</param>
/// <param name="Migrate">Bring the store to this version's schema and end.</param>
/// <param name="HashPassword">Read a password, print its hash and end.</param>
/// <param name="ResetPassword">Print a link by which this user sets a new password, and end.</param>
internal sealed record ParsedCommand(ImmutableArray<(Setting Setting, string Text)> Settings, bool PrintSchema, bool Migrate, bool HashPassword, string? ResetPassword);

/// <summary>The command line, made from the table of settings.</summary>
internal sealed class CommandLine
{
    private const string PrintSchemaOption = "--print-provisioning-schema";
    private readonly RootCommand _root;
    private readonly List<(Setting Setting, Option<string[]> Option)> _texts = [];
    private readonly List<(Setting Setting, Option<bool> Option)> _flags = [];
    private readonly Option<bool> _printSchema = new(PrintSchemaOption) { Description = "Print the JSON Schema of provisioning files and end" };

    private readonly Option<bool> _migrate = new("--migrate") { Description = "Create or upgrade the schema of the store and end; safe to run twice, and on several nodes at once" };
    private readonly Option<bool> _hashPassword = new("--hash-password") { Description = "Read a password from standard input, print its hash for \"passwordHash\" and end" };

    private readonly Option<string?> _resetPassword = new("--reset-password")
    {
        Description = "Print a link by which this user (extension@domain) sets a new password for the web, once and within a day, and end",
        HelpName = "user",
    };

    public CommandLine()
    {
        _root = new RootCommand(
            $"Webphone: a telephony server for SIP phones and browsers. Every option is also a setting in {SettingSources.OwnFile} (its name without dashes in front) "
            + "and an environment variable (WEBPHONE_SIP_PORT for --sip-port).");
        foreach (var setting in SettingNames.All) Add(setting);
        _root.Options.Add(_printSchema);
        _root.Options.Add(_migrate);
        _root.Options.Add(_hashPassword);
        _root.Options.Add(_resetPassword);
        _root.SetAction(_ => 0);
    }

    /// <summary>Parses, or answers by itself (help, version, an error). Then <paramref name="command"/> is null and the result is the exit code.</summary>
    public StartExitCode Parse(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, out ParsedCommand? command)
    {
        command = null;
        var result = _root.Parse(arguments);
        if (result.Errors.Count > 0)
        {
            error.WriteLine($"webphone: {result.Errors[0].Message} See --help.");
            return StartExitCode.BadSettings;
        }

        if (result.Action is { } action && action != _root.Action)
        {
            result.Invoke(new InvocationConfiguration { Output = output, Error = error });
            return StartExitCode.Stopped;
        }

        var texts = _texts.Where(entry => result.GetValue(entry.Option) is { Length: > 0 })
            .Select(entry => (entry.Setting, string.Join(',', result.GetValue(entry.Option)!)));
        var flags = _flags.Where(entry => result.GetValue(entry.Option)).Select(entry => (entry.Setting, "true"));
        command = new ParsedCommand([.. texts, .. flags], result.GetValue(_printSchema), result.GetValue(_migrate), result.GetValue(_hashPassword), result.GetValue(_resetPassword));
        return StartExitCode.Stopped;
    }

    private void Add(Setting setting)
    {
        if (setting.Flag)
        {
            var flag = new Option<bool>("--" + setting.Name) { Description = setting.Description };
            _flags.Add((setting, flag));
            _root.Options.Add(flag);
            return;
        }

        var option = new Option<string[]>("--" + setting.Name)
        {
            Description = setting.Description,
            HelpName = setting.Value,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = setting.Many,
        };
        _texts.Add((setting, option));
        _root.Options.Add(option);
    }
}
