using System.Globalization;
using System.Net.NetworkInformation;

namespace Webphone.System.Tests.Harness;

/// <summary>One run of sipp: its own scenarios (uac, uas) or an XML file of ours.</summary>
public sealed class SippRun : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly Scratch _scratch;
    private readonly int _localPort;

    private SippRun(ChildProcess process, Scratch scratch, int localPort) => (_process, _scratch, _localPort) = (process, scratch, localPort);

    public int Successful => Statistic("SuccessfulCall(C)");

    public int Failed => Statistic("FailedCall(C)");

    public int Retransmissions => Statistic("Retransmissions(C)");

    public string Output => _process.Output;

    public int ProcessId => _process.Id;

    /// <param name="scenario">"-sn uac", or the path of a scenario file.</param>
    /// <param name="users">Lines for -inf, taken in turn.</param>
    public static SippRun Start(string scenario, string? remote, int localPort, IEnumerable<string>? users = null, params string[] more)
    {
        var sipp = Needs.Sipp();
        var scratch = new Scratch();
        List<string> arguments = remote is null ? [] : [remote];
        arguments.AddRange(scenario.StartsWith("-sn", StringComparison.Ordinal)
            ? scenario.Split(' ')
            : ["-sf", scenario]);
        if (users is not null)
        {
            arguments.AddRange(["-inf", scratch.Write("users.csv", "SEQUENTIAL\n" + string.Join('\n', users) + "\n")]);
        }

        arguments.AddRange(
        [
            "-i", "127.0.0.1", "-p", localPort.ToString(CultureInfo.InvariantCulture), "-nostdin", "-trace_stat", "-stf", scratch.At("stat.csv"), "-fd", "1",
            "-trace_err", "-error_file", scratch.At("errors.txt"), .. more,
        ]);
        return new SippRun(ChildProcess.Start(sipp, arguments, workingDirectory: scratch.Folder), scratch, localPort);
    }

    /// <summary>Waits until its port is open.</summary>
    public async Task ListensAsync()
    {
        var end = Environment.TickCount64 + 40_000;
        while (IPGlobalProperties.GetIPGlobalProperties().GetActiveUdpListeners().All(open => open.Port != _localPort))
        {
            Assert.True(Environment.TickCount64 < end && !_process.HasExited, $"sipp does not listen on {_localPort}:\n{Output}");
            await Task.Delay(20);
        }
    }

    public async Task<int> FinishAsync(TimeSpan limit)
    {
        var code = await _process.WaitForExitAsync(limit);
        return code;
    }

    public string Errors => File.Exists(_scratch.At("errors.txt")) ? File.ReadAllText(_scratch.At("errors.txt")) : "";

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _scratch.Dispose();
    }

    private int Statistic(string column)
    {
        var lines = File.ReadAllLines(_scratch.At("stat.csv"));
        var at = Array.IndexOf(lines[0].Split(';'), column);
        return int.Parse(lines[^1].Split(';')[at], CultureInfo.InvariantCulture);
    }
}
