using System.Collections;
using System.Reflection;
using Webphone.Grains.Accounts;
using Webphone.Silo.Settings;

namespace Webphone.Silo.Hosting;

/// <summary>The program from its arguments to its exit code.</summary>
internal static class WebphoneProgram
{
    private const string SchemaResource = "provisioning.schema.json";

    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="folder">Where settings files are looked for.</param>
    /// <param name="output">Banner, help and schema.</param>
    /// <param name="error">One line when the start is refused.</param>
    /// <param name="stop">Ends the server in good order.</param>
    public static async Task<int> Run(
        IReadOnlyList<string> arguments, IDictionary environment, string folder, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var code = new CommandLine().Parse(arguments, output, error, out var command);
        if (command is null) return (int)code;
        if (command.PrintSchema)
        {
            await output.WriteAsync(ReadSchema());
            return (int)StartExitCode.Stopped;
        }

        if (command.HashPassword)
        {
            await output.WriteLineAsync(Passwords.Write(Passwords.Hash(await Console.In.ReadLineAsync(stop) ?? "")));
            return (int)StartExitCode.Stopped;
        }

        try
        {
            var values = SettingSources.Read(command, environment, folder);
            var options = OptionsReader.Read(values);
            OptionsValidator.Validate(options, values);
            if (command.Migrate)
            {
                await StoreMigration.Run(options, output);
                return (int)StartExitCode.Stopped;
            }

            if (command.ResetPassword is { } user)
            {
                await PasswordReset.Run(options, user, output);
                return (int)StartExitCode.Stopped;
            }

            PortProbe.Check(options);
            await Node.Run(options, output, stop);
            return (int)StartExitCode.Stopped;
        }
        catch (StartRefusedException refusal)
        {
            await error.WriteLineAsync($"webphone: {refusal.Message}");
            return (int)refusal.ExitCode;
        }
    }

    internal static string ReadSchema()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(SchemaResource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
