using Webphone.Silo.BrowserEdge;

namespace Webphone.WebFrontend.Tests.Hub;

public class LegReachTests
{
    [Theory]
    [InlineData("", true, false)]
    [InlineData("", false, true)]
    [InlineData("heard", true, false)]
    [InlineData("heard", false, false)]
    [InlineData("lost", true, true)]
    [InlineData("lost", false, true)]
    [InlineData("lost heard", false, false)]
    public void A_browser_is_in_reach_as_the_table_says(string media, bool isConnected, bool isLost)
    {
        var reach = new LegReach { IsConnected = isConnected };
        foreach (var word in media.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "lost")
                reach.MediaLost();
            else
                reach.MediaHeard();
        }

        Assert.Equal(isLost, reach.IsLost);
        Assert.Equal(media.Length == 0, reach.IsAwaited);
        Assert.Equal(media.Contains("heard", StringComparison.Ordinal), reach.WasHeard);
    }
}
