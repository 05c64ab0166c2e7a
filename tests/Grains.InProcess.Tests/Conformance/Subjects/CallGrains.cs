using Orleans.Concurrency;
using Orleans.Runtime;

namespace Webphone.Grains.InProcess.Tests.Conformance.Subjects;

[GenerateSerializer, Immutable]
public sealed record Letter([property: Id(0)] string From, [property: Id(1)] int Pages);

public interface IEchoGrain<T> : IGrainWithStringKey
{
    Task<T?> Echo(T? value);
}

public interface ICallGrain : IEchoGrain<string>
{
    Task<Letter> Reply(Letter letter, int pages);
    ValueTask<int> Twice(int number);
    ValueTask Nothing();
    Task Fail(string message);
    Task FailBeforeItsFirstAwait(string message);
    Task<int> FailThrough(string other);
    Task Cancel();
    Task Hold(string gate);

    [ResponseTimeout("00:00:05")]
    Task HoldBriefly(string gate);

    [OneWay]
    Task Tell(string gate);

    [OneWay]
    Task TellAndFail();

    Task<int> Sum(int a, long b, string c, Letter d, double e, byte f, bool g, Guid h, int i, int j);
    Task<ICallGrain> Self();
    Task<string> Ask(ICallGrain other, string question);
    Task<object?> Context(string key, int hops);
    Task SetContext(string key, string value);
    Task<string?> Ambient();
    Task<string> Filtered(string argument);
    Task Count();
    Task<int> Counted();
}

/// <summary>An ambient value that is none of the engine's.</summary>
public static class Ambient
{
    public static readonly AsyncLocal<string?> Value = new();
}

public sealed class CallGrain : Grain, ICallGrain
{
    private int _counted;

    public Task<string?> Echo(string? value) => Task.FromResult(value);
    public Task<Letter> Reply(Letter letter, int pages) => Task.FromResult(letter with { Pages = letter.Pages + pages });
    public ValueTask<int> Twice(int number) => new(number * 2);
    public async ValueTask Nothing() => await Task.Yield();

    public async Task Fail(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public Task FailBeforeItsFirstAwait(string message) => throw new InvalidOperationException(message);

    public async Task<int> FailThrough(string other)
    {
        await GrainFactory.GetGrain<ICallGrain>(other).Fail("inner");
        return 0;
    }

    public Task Cancel() => Task.FromCanceled(new CancellationToken(canceled: true));

    public async Task Hold(string gate)
    {
        await Journal.Wait(gate);
        Journal.Add(this.GetPrimaryKeyString(), "held");
    }

    public Task HoldBriefly(string gate) => Hold(gate);
    public Task Tell(string gate) => Hold(gate);
    public Task TellAndFail() => throw new InvalidOperationException("nobody hears this");

    public Task<int> Sum(int a, long b, string c, Letter d, double e, byte f, bool g, Guid h, int i, int j) =>
        Task.FromResult(a + (int)b + c.Length + d.Pages + (int)e + f + (g ? 1 : 0) + h.ToByteArray().Length + i + j);

    public Task<ICallGrain> Self() => Task.FromResult(this.AsReference<ICallGrain>());
    public async Task<string> Ask(ICallGrain other, string question) => $"{other.GetPrimaryKeyString()}: {await other.Echo(question)}";

    public async Task<object?> Context(string key, int hops) =>
        hops == 0 ? RequestContext.Get(key) : await GrainFactory.GetGrain<ICallGrain>($"{this.GetPrimaryKeyString()}-{hops}").Context(key, hops - 1);

    public Task SetContext(string key, string value)
    {
        RequestContext.Set(key, value);
        return Task.CompletedTask;
    }

    public Task<string?> Ambient() => Task.FromResult(Subjects.Ambient.Value.Value);
    public Task<string> Filtered(string argument) => Task.FromResult($"{argument} {RequestContext.Get("filter")}");

    public Task Count()
    {
        _counted++;
        return Task.CompletedTask;
    }

    public Task<int> Counted() => Task.FromResult(_counted);
}

public interface ISelfFilteringGrain : IGrainWithStringKey
{
    Task<string> Filtered(string argument);
}

public sealed class SelfFilteringGrain : Grain, ISelfFilteringGrain, IIncomingGrainCallFilter
{
    public Task<string> Filtered(string argument) => Task.FromResult($"{argument} {RequestContext.Get("filter")}");

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        context.Result = $"own({context.Result})";
    }
}
