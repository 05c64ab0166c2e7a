using Webphone.Grains.Accounts;

namespace Webphone.Grains.Tests.Accounts;

public class SecondFactorRulesTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SecondFactorState Asked = new()
    {
        Secret = [.. new byte[Totp.SecretBytes]],
        RecoveryHashes = [SecondFactorRules.HashOf("ABCDEFGHIJKLMNOP")],
        Devices = [new RememberedDevice(SecondFactorRules.HashOf("laptop"), Noon + TimeSpan.FromDays(1))],
    };

    [Fact]
    public void Who_has_no_second_factor_is_not_asked() =>
        Assert.Equal(SecondFactorVerdict.NotNeeded, SecondFactorRules.Check(new SecondFactorState(), null, null, Noon).Answer.Verdict);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Without_a_code_one_is_asked_for(string? code)
    {
        var (state, answer) = SecondFactorRules.Check(Asked, code, null, Noon);

        Assert.Equal((SecondFactorVerdict.Needed, 0), (answer.Verdict, state.WrongCodes));
    }

    [Fact]
    public void A_code_counts_once()
    {
        var code = CodeAt(Noon);

        var (used, first) = SecondFactorRules.Check(Asked, code, null, Noon);
        var (_, second) = SecondFactorRules.Check(used, code, null, Noon + TimeSpan.FromSeconds(5));
        var (_, earlier) = SecondFactorRules.Check(used, CodeAt(Noon - Totp.Period), null, Noon);
        var (_, next) = SecondFactorRules.Check(used, CodeAt(Noon + Totp.Period), null, Noon + Totp.Period);

        Assert.Equal(
            (SecondFactorVerdict.Right, SecondFactorVerdict.Wrong, SecondFactorVerdict.Wrong, SecondFactorVerdict.Right), (first.Verdict, second.Verdict, earlier.Verdict, next.Verdict));
    }

    [Fact]
    public void A_recovery_code_counts_once_however_it_is_typed()
    {
        var (used, first) = SecondFactorRules.Check(Asked, "abcd-efgh ijkl-mnop", null, Noon);
        var (_, second) = SecondFactorRules.Check(used, "ABCDEFGHIJKLMNOP", null, Noon);

        Assert.Equal((SecondFactorVerdict.Right, SecondFactorVerdict.Wrong, 0), (first.Verdict, second.Verdict, used.RecoveryHashes.Length));
    }

    [Fact]
    public void A_remembered_browser_is_not_asked_until_its_time_is_over()
    {
        Assert.Equal(SecondFactorVerdict.NotNeeded, SecondFactorRules.Check(Asked, null, "laptop", Noon).Answer.Verdict);
        Assert.Equal(SecondFactorVerdict.Needed, SecondFactorRules.Check(Asked, null, "laptop", Noon + TimeSpan.FromDays(1)).Answer.Verdict);
        Assert.Equal(SecondFactorVerdict.Needed, SecondFactorRules.Check(Asked, null, "other", Noon).Answer.Verdict);
    }

    [Fact]
    public void After_too_many_wrong_codes_the_right_one_is_not_taken_for_an_hour()
    {
        var state = Asked;
        for (var i = 0; i < SecondFactorLimits.WrongCodes; i++)
        {
            (state, var wrong) = SecondFactorRules.Check(state, "000000x", null, Noon);
            Assert.Equal(SecondFactorVerdict.Wrong, wrong.Verdict);
        }

        var later = Noon + TimeSpan.FromMinutes(20);
        Assert.Equal(new SecondFactorAnswer(SecondFactorVerdict.TooMany, TimeSpan.FromMinutes(40)), SecondFactorRules.Check(state, CodeAt(later), null, later).Answer);
        var over = Noon + SecondFactorLimits.WrongWindow;
        var (after, answer) = SecondFactorRules.Check(state, CodeAt(over), null, over);
        Assert.Equal((SecondFactorVerdict.Right, 0), (answer.Verdict, after.WrongCodes));
    }

    [Fact]
    public void Nothing_that_is_typed_throws()
    {
        var random = new Random(6238);
        for (var i = 0; i < 5_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(0xffff))]);
            SecondFactorRules.Check(Asked, text, text, Noon);
        }
    }

    private static string CodeAt(DateTimeOffset time) => Totp.CodeAt(Asked.Secret.AsSpan(), Totp.StepAt(time));
}
