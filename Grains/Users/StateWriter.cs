using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;
using Webphone.Grains.Calls;

namespace Webphone.Grains.Users;

/// <summary>
/// Writes a grain's state behind it: a phone does not wait for the disk, and a store that is away does not keep anyone from being
/// called. Changes that come while a write runs go with the next; a write that fails is tried again. For one grain's turns.
/// </summary>
internal sealed partial class StateWriter<TState>(IPersistentState<TState> state, Action lostState, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(5);

    private Task _writing = Task.CompletedTask;
    private bool _dirty;

    public void Changed()
    {
        _dirty = true;
        if (_writing.IsCompleted) _writing = Write();
    }

    /// <summary>Ends when all is written, or at <paramref name="giveUp"/>.</summary>
    public async Task Flush(CancellationToken giveUp)
    {
        if (!_writing.IsCompleted)
            await _writing.WaitAsync(giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private async Task Write()
    {
        while (_dirty)
        {
            _dirty = false;
            try
            {
                await state.WriteStateAsync();
            }
            catch (InconsistentStateException error)
            {
                // Another activation of the same grain has written: what storage has is the truth, and this one must go.
                LogLostState(log, error);
                lostState();
                return;
            }
            catch (Exception error)
            {
                LogNotWritten(log, error);
                _dirty = true;
                await Task.Delay(AgainAfter, time);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "State could not be written; it will be tried again")]
    private static partial void LogNotWritten(ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "State was written by another activation; this one leaves")]
    private static partial void LogLostState(ILogger log, Exception error);
}
