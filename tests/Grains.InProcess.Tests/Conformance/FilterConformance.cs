using Webphone.Grains.InProcess.Tests.Conformance.Subjects;

namespace Webphone.Grains.InProcess.Tests.Conformance;

/// <summary>What call filters may do.</summary>
public abstract class FilterConformance<THost> : Conformance<THost>
    where THost : IConformanceHost, new()
{
    protected override bool WithFilters => true;

    private ICallGrain Grain => Grains.GetGrain<ICallGrain>(Key);

    [Fact]
    public Task Filters_run_around_a_call_on_both_sides() => Host.Run(async () => Assert.Equal("out(in(argument out))", await Grain.Filtered("argument")));

    [Fact]
    public Task A_filter_may_refuse_a_call() => Host.Run(() => Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grain.Filtered("refuse")));

    [Fact]
    public Task A_grain_may_filter_its_own_calls() => Host.Run(async () =>
        Assert.Equal("out(in(own(argument out)))", await Grains.GetGrain<ISelfFilteringGrain>(Key).Filtered("argument")));

    [Fact]
    public Task What_a_method_throws_passes_the_filters() => Host.Run(() => Assert.ThrowsAsync<InvalidOperationException>(() => Grain.Fail("x")));
}
