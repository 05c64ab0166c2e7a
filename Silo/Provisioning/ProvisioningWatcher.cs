using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Webphone.Silo.Provisioning;

/// <summary>
/// Applies the provisioning file again when it changed or when SIGHUP comes. The folder is watched, not the file: editors and
/// container platforms replace files by renaming.
/// </summary>
internal sealed class ProvisioningWatcher : IAsyncDisposable
{
    /// <summary>Quiet time after a change: writers write in pieces.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);
    private readonly Provisioner _provisioner;
    private readonly TimeProvider _time;
    private readonly FileSystemWatcher _watcher;
    private readonly PosixSignalRegistration _signal;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _loop;

    public ProvisioningWatcher(Provisioner provisioner, string file, TimeProvider time)
    {
        _provisioner = provisioner;
        _time = time;
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(Path.GetFullPath(file))!);
        _watcher.Changed += (_, _) => Changed();
        _watcher.Created += (_, _) => Changed();
        _watcher.Renamed += (_, _) => Changed();
        _watcher.Error += (_, _) => Changed();
        _watcher.EnableRaisingEvents = true;
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Changed();
        });
        _loop = Task.Run(Run);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _watcher.Dispose();
        _signal.Dispose();
        await _loop;
        _stopping.Dispose();
    }

    private void Changed() => _changes.Writer.TryWrite(true);

    private async Task Run()
    {
        try
        {
            while (true)
            {
                await _changes.Reader.ReadAsync(_stopping.Token);
                await Task.Delay(Quiet, _time, _stopping.Token);
                _changes.Reader.TryRead(out _);
                await _provisioner.ApplyChange();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops.
        }
    }
}
