using System.Net;
using Webphone.WebFrontend.Accounts;

namespace Webphone.WebFrontend.Tests.Accounts;

public class SignInLimitsTests
{
    private static readonly IPAddress Office = IPAddress.Parse("192.0.2.1");

    private readonly ManualTime _time = new();

    [Fact]
    public void Right_passwords_are_not_counted_however_many_come_from_one_office()
    {
        var limits = new SignInLimits(new FrontendOptions { WrongPasswordsPerAddress = 3 }, _time);

        for (var i = 0; i < 100; i++)
        {
            Assert.Null(limits.MustWait(Office, $"{i}@acme.example"));
            limits.Wrong(Office, $"{i}@acme.example");
            limits.Right(Office, $"{i}@acme.example");
        }
    }

    [Fact]
    public void At_the_limit_the_address_waits_until_its_minute_is_over()
    {
        var limits = new SignInLimits(new FrontendOptions { WrongPasswordsPerAddress = 3 }, _time);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(limits.MustWait(Office, $"{i}"));
            limits.Wrong(Office, $"{i}");
        }

        Assert.Equal(TimeSpan.FromMinutes(1), limits.MustWait(Office, "other"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(limits.MustWait(Office, "other"));
    }

    [Fact]
    public void Guessing_from_everywhere_does_not_keep_the_user_out_where_they_have_been_before()
    {
        var limits = new SignInLimits(new FrontendOptions { WrongPasswordsPerUser = 3 }, _time);
        limits.Wrong(Office, "101");
        limits.Right(Office, "101");
        for (var i = 0; i < 3; i++)
            limits.Wrong(IPAddress.Parse($"198.51.100.{i}"), "101");

        Assert.NotNull(limits.MustWait(IPAddress.Parse("198.51.100.99"), "101"));
        Assert.Null(limits.MustWait(Office, "101"));
    }

    [Fact]
    public void One_network_of_IPv6_counts_as_one_address()
    {
        var limits = new SignInLimits(new FrontendOptions { WrongPasswordsPerAddress = 1 }, _time);

        limits.Wrong(IPAddress.Parse("2001:db8::1"), "101");

        Assert.NotNull(limits.MustWait(IPAddress.Parse("2001:db8::2"), "102"));
        Assert.Null(limits.MustWait(IPAddress.Parse("2001:db8:0:1::2"), "102"));
    }

    private sealed class ManualTime : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
