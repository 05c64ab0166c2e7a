using Webphone.Grains.Accounts;

namespace Webphone.Grains.Tests.Accounts;

public class RecoveryLinksTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void A_link_says_whose_password_it_replaces_until_it_is_over()
    {
        var token = RecoveryLinks.Make(Key, "acme/101", "mark", Noon + TimeSpan.FromHours(1));

        Assert.Equal(("acme/101", "mark"), RecoveryLinks.Read(Key, token, Noon));
        Assert.Null(RecoveryLinks.Read(Key, token, Noon + TimeSpan.FromHours(1)));
        Assert.Null(RecoveryLinks.Read(new byte[32], token, Noon));
    }

    [Fact]
    public void No_letter_of_a_link_can_be_changed()
    {
        var token = RecoveryLinks.Make(Key, "acme/101", "mark", Noon + TimeSpan.FromHours(1));

        for (var i = 0; i < token.Length - 1; i++)
        {
            var other = token[i] == 'A' ? 'B' : 'A';
            Assert.Null(RecoveryLinks.Read(Key, token[..i] + other + token[(i + 1)..], Noon));
            Assert.Null(RecoveryLinks.Read(Key, token[..i], Noon));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.b.c")]
    [InlineData("not base64!.at all")]
    public void What_is_no_link_is_none(string token) => Assert.Null(RecoveryLinks.Read(Key, token, Noon));

    [Fact]
    public void Every_password_has_a_mark_of_its_own()
    {
        var password = new PasswordHash(1, [1, 2], [3, 4]);

        Assert.NotEqual(RecoveryLinks.MarkOf(null), RecoveryLinks.MarkOf(password));
        Assert.NotEqual(RecoveryLinks.MarkOf(password), RecoveryLinks.MarkOf(password with { Salt = [1, 3] }));
    }
}
