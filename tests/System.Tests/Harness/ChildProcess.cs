using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Webphone.System.Tests.Harness;

/// <summary>A program under test: its output line by line, its signals, and its certain end.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    public const int Sigterm = 15;
    public const int Sigkill = 9;

    private static readonly HashSet<ChildProcess> Running = [];

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<(Regex Pattern, TaskCompletionSource<string> Found)> _waits = [];
    private readonly string _name;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        lock (Running)
        {
            foreach (var child in Running)
            {
                child.Signal(Sigkill);
            }
        }
    };

    private ChildProcess(string name, Process process)
    {
        _name = name;
        _process = process;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>All that it has printed so far, standard output and error together.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var process = new Process { StartInfo = start };
        var child = new ChildProcess(Path.GetFileName(program), process);
        process.OutputDataReceived += (_, line) => child.Add(line.Data);
        process.ErrorDataReceived += (_, line) => child.Add(line.Data);
        process.Start();
        lock (Running)
        {
            Running.Add(child);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a short program to its end and returns its output; throws when it fails.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using var child = Start(program, arguments);
        var code = await child.WaitForExitAsync(TimeSpan.FromSeconds(60));
        return code == 0
            ? child.Output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {code}:\n{child.Output}");
    }

    public Task WriteLineAsync(string line)
    {
        return _process.StandardInput.WriteAsync((line + "\n").AsMemory()).ContinueWith(
            _ => _process.StandardInput.FlushAsync(), TaskScheduler.Default).Unwrap();
    }

    /// <summary>The first line, already printed or to come, that matches.</summary>
    public async Task<string> WaitForLineAsync([StringSyntax("Regex")] string pattern, TimeSpan? limit = null)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant);
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lines)
        {
            if (_lines.Find(regex.IsMatch) is { } line)
            {
                return line;
            }

            _waits.Add((regex, found));
        }

        try
        {
            return await found.Task.WaitAsync(limit ?? TimeSpan.FromSeconds(40));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{_name} did not print /{pattern}/. It printed:\n{Output}");
        }
    }

    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} did not end within {limit.TotalSeconds} s. It printed:\n{Output}");
        }

        return _process.ExitCode;
    }

    public void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, signal);
        }
    }

    /// <summary>Processor time that it has used so far, user and kernel.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes()
    {
        foreach (var line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/status")))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // What it started as well: whoever has its output open keeps us waiting for its end.
            _process.Kill(entireProcessTree: true);
            await WaitForExitAsync(TimeSpan.FromSeconds(40));
        }
        finally
        {
            lock (Running)
            {
                Running.Remove(this);
            }

            _process.Dispose();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Add(line);
            for (var i = _waits.Count - 1; i >= 0; i--)
            {
                if (_waits[i].Pattern.IsMatch(line))
                {
                    _waits[i].Found.TrySetResult(line);
                    _waits.RemoveAt(i);
                }
            }
        }
    }
}
