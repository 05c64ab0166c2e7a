using Microsoft.Extensions.Logging;
using Orleans.Utilities;

namespace Webphone.Grains.InProcess.Tests.Conformance.Subjects;

public interface IListener : IGrainObserver
{
    void Heard(string what);
    Task<int> Ask(string gate);
    Task Fail();
}

public interface INewsGrain : IGrainWithStringKey
{
    Task Subscribe(IListener listener);
    Task Publish(string what);
    Task Poll(string gate);
    Task<int> Subscribers();
    Task<string> AskFailing();
}

public sealed class NewsGrain : Grain, INewsGrain
{
    private readonly ObserverManager<IListener> _listeners;

    public NewsGrain(TimeProvider time, ILogger<NewsGrain> log) =>
        _listeners = new ObserverManager<IListener>(TimeSpan.FromMinutes(5), log) { GetDateTime = () => time.GetUtcNow().UtcDateTime };

    public Task Subscribe(IListener listener)
    {
        _listeners.Subscribe(listener, listener);
        return Task.CompletedTask;
    }

    public Task Publish(string what)
    {
        _listeners.Notify(listener => listener.Heard(what));
        return Task.CompletedTask;
    }

    public Task Poll(string gate) => _listeners.Notify(listener => listener.Ask(gate));

    public Task<int> Subscribers()
    {
        _listeners.ClearExpired();
        return Task.FromResult(_listeners.Count);
    }

    public async Task<string> AskFailing()
    {
        try
        {
            await _listeners.First().Fail();
            return "succeeded";
        }
        catch (InvalidOperationException error)
        {
            return error.Message;
        }
    }
}

public sealed class Listener : IListener
{
    private int _asking;

    public List<string> All { get; } = [];
    public bool Overlapped { get; private set; }
    public bool IsBroken { get; init; }

    public void Heard(string what) => All.Add(what);

    public async Task<int> Ask(string gate)
    {
        if (IsBroken)
            throw new InvalidOperationException("listener is broken");
        Overlapped |= Interlocked.Increment(ref _asking) > 1;
        All.Add("asked");
        await Journal.Wait(gate);
        return Interlocked.Decrement(ref _asking);
    }

    public Task Fail() => throw new InvalidOperationException("listener failed");
}
