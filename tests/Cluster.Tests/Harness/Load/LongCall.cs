namespace Webphone.Cluster.Tests.Harness.Load;

/// <summary>A conversation between two phones that goes on until the test ends it, with audio counted both ways.</summary>
public sealed class LongCall : IDisposable
{
    private readonly CountedAudio _near = new();
    private readonly CountedAudio _far = new();
    private readonly FlowPhone _callee;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<FlowCall> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<CallOutcome> _call;

    private LongCall(FlowPhone caller, FlowPhone callee)
    {
        _callee = callee;
        callee.Socket.Audio[callee.Extension] = _far.Local;
        _call = caller.CallAsync(callee.Extension, TimeSpan.Zero, Talk, _near.Local);
    }

    public int Lost => _near.Lost + _far.Lost;

    public int Heard => _near.Heard + _far.Heard;

    public long LongestGapMs => Math.Max(_near.LongestGapMs, _far.LongestGapMs);

    /// <summary>Begins it and returns once both hear each other.</summary>
    public static async Task<LongCall> BeginAsync(FlowPhone caller, FlowPhone callee)
    {
        var made = new LongCall(caller, callee);
        var first = await Task.WhenAny(made._begun.Task, made._call).WaitAsync(TimeSpan.FromSeconds(40));
        Assert.True(first == made._begun.Task, $"{caller.Extension} could not call {callee.Extension}: {(made._call.IsCompleted ? (await made._call).Failure : "")}");
        var end = Environment.TickCount64 + 20_000;
        while (made._near.Heard < 5 || made._far.Heard < 5)
        {
            Assert.True(Environment.TickCount64 < end, $"{caller.Extension} and {callee.Extension} do not hear each other");
            await Task.Delay(20);
        }

        return made;
    }

    /// <summary>When the server ended it for one side or the other, by the machine's clock in ms; 0 when it goes on for both.</summary>
    public async Task<long> EndedAtAsync()
    {
        var call = await _begun.Task;
        return Math.Max(call.HungUpAt, _callee.Socket.EndOf(_callee.Extension));
    }

    /// <summary>The caller hangs up. Null when that was the whole call.</summary>
    public async Task<string?> EndAsync()
    {
        _end.TrySetResult();
        return (await _call).Failure;
    }

    public void Dispose()
    {
        _end.TrySetResult();
        _near.Dispose();
        _far.Dispose();
    }

    private Task Talk(FlowCall call)
    {
        _near.Start(call.Media!);
        _far.Start(_callee.Socket.MediaOf(_callee.Extension)!);
        _begun.TrySetResult(call);
        return _end.Task;
    }
}
