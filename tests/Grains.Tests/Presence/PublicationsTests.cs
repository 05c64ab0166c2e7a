using Webphone.Grains.Presence;

namespace Webphone.Grains.Tests.Presence;

public sealed class PublicationsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly Publications _publications = new();

    [Fact]
    public void The_newest_that_was_said_counts_and_a_refresh_is_no_news()
    {
        var first = Say(null, "Busy");
        var second = Say(null, "Away");
        Assert.Equal("Away", _publications.Newest!.Activity);
        Assert.NotNull(_publications.Apply(new Publication(first, Hour, null), Now));
        Assert.Equal("Away", _publications.Newest!.Activity);
        Say(second, "Meal");
        Assert.Equal("Meal", _publications.Newest!.Activity);
    }

    [Fact]
    public void A_tag_is_good_once()
    {
        var first = Say(null, "Busy");
        var next = _publications.Apply(new Publication(first, Hour, null), Now);
        Assert.NotEqual(first, next);
        Assert.Null(_publications.Apply(new Publication(first, Hour, null), Now));
        Assert.Null(_publications.Apply(new Publication("never", Hour, new PublishedStatus(true, "Busy", "")), Now));
        Assert.Null(_publications.Apply(new Publication(null, Hour, null), Now));
    }

    [Fact]
    public void What_is_withdrawn_or_not_repeated_in_time_is_gone()
    {
        var first = Say(null, "Busy");
        Say(null, "Away", TimeSpan.FromMinutes(1));
        Assert.Equal(Now + TimeSpan.FromMinutes(1), _publications.NextEnd);
        Assert.True(_publications.Expire(Now + TimeSpan.FromMinutes(1)));
        Assert.Equal("Busy", _publications.Newest!.Activity);
        Assert.NotNull(_publications.Apply(new Publication(first, TimeSpan.Zero, null), Now));
        Assert.Null(_publications.Newest);
        Assert.Null(_publications.NextEnd);
    }

    [Fact]
    public void Phones_that_forget_their_tags_do_not_fill_the_memory()
    {
        for (var i = 0; i < 100; i++)
            Say(null, $"{i}", Hour + TimeSpan.FromSeconds(i));
        Assert.Equal("99", _publications.Newest!.Activity);
        Assert.Equal(Now + Hour + TimeSpan.FromSeconds(100 - PublicationLimits.OfUser), _publications.NextEnd);
    }

    private string Say(string? match, string activity, TimeSpan? time = null) =>
        _publications.Apply(new Publication(match, time ?? Hour, new PublishedStatus(true, activity, "")), Now)!;
}
