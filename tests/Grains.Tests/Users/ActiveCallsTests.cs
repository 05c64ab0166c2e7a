using Webphone.Grains.Calls;
using Webphone.Grains.Tests.Calls;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Users;

public class ActiveCallsTests
{
    private readonly ActiveCalls _calls = new();

    [Fact]
    public void News_that_is_not_newer_is_ignored()
    {
        var view = CallViews.Of(Sample.Ringing());
        Assert.True(_calls.Apply(view));
        Assert.False(_calls.Apply(view));
        Assert.False(_calls.Apply(view with { Version = view.Version - 1 }));
        Assert.True(_calls.Apply(view with { Version = view.Version + 1 }));
    }

    [Fact]
    public void News_that_comes_after_the_end_does_not_bring_a_call_back()
    {
        var over = CallViews.Of(Sample.Ended());
        _calls.Apply(CallViews.Of(Sample.Ringing()));
        Assert.True(_calls.Apply(over));
        Assert.False(_calls.Apply(CallViews.Of(Sample.Connected())));
        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public void The_end_of_a_call_that_was_never_heard_of_is_news_once()
    {
        Assert.True(_calls.Apply(CallViews.Of(Sample.Ended())));
        Assert.False(_calls.Apply(CallViews.Of(Sample.Ended())));
    }

    [Fact]
    public void A_call_that_was_over_for_the_user_and_came_back_ends_again()
    {
        var (view, version) = (CallViews.Of(Sample.Connected()), CallViews.Of(Sample.Ended()).Version);
        Assert.True(_calls.Apply(CallViews.Of(Sample.Ended())));
        Assert.True(_calls.Apply(view with { Version = version + 1 }));
        Assert.True(_calls.Apply(CallViews.Of(Sample.Ended()) with { Version = version + 2 }));
        Assert.Equal(0, _calls.Count);
    }

    [Fact]
    public void The_twentieth_call_is_taken_and_the_next_is_not()
    {
        for (var i = 0; i < UserLimits.Calls; i++) Assert.True(_calls.Expect($"acme/{i}"));
        Assert.False(_calls.Expect("acme/more"));
        Assert.True(_calls.Expect("acme/3"));
    }

    [Fact]
    public void A_lost_call_is_told_as_interrupted_unless_nobody_had_heard_of_it()
    {
        var view = CallViews.Of(Sample.Connected());
        _calls.Apply(view);
        _calls.Expect("acme/unheard");
        var lost = _calls.Lose(view.CallKey, Sample.Noon)!;
        Assert.Equal((CallPhase.Ended, CallEnd.Interrupted), (lost.Phase, lost.End));
        Assert.True(lost.Version > view.Version);
        Assert.Null(_calls.Lose("acme/unheard", Sample.Noon));
        Assert.Equal(0, _calls.Count);
    }
}
