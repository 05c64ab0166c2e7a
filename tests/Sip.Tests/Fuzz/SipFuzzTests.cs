using Webphone.Sip.Messages;

namespace Webphone.Sip.Tests.Fuzz;

public class SipFuzzTests
{
    [Fact]
    public void The_corpus_itself_is_taken() => Assert.All(Corpus.Messages, bytes => Assert.True(SipMessage.TryParse(bytes, out _, out var error), error.ToString()));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_hundred_thousand_mutations_neither_throw_nor_contradict_themselves(int seed)
    {
        var mutator = new Mutator(seed, Corpus.Messages);
        var taken = 0;
        for (var i = 0; i < 100_000; i++)
            taken += SipFuzz.Run(mutator.Next()) ? 1 : 0;
        Assert.InRange(taken, 5_000, 95_000);
    }

    [Fact]
    public void Every_truncation_of_the_corpus_returns()
    {
        foreach (var bytes in Corpus.Messages)
        {
            for (var length = 0; length < bytes.Length; length++)
                SipFuzz.Run(bytes[..length]);
        }
    }
}
