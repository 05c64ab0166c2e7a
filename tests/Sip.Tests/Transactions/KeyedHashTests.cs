using Webphone.Sip.Transactions;

namespace Webphone.Sip.Tests.Transactions;

public sealed class KeyedHashTests
{
    [Fact]
    public void The_reference_vector_of_siphash_2_4_128_holds()
    {
        var hash = new KeyedHash(HashSeed.From([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]));
        Assert.Equal(new UInt128(0x930255c71472f66d, 0xe6a825ba047f81a3), hash.Finish());
    }

    [Fact]
    public void Fields_do_not_run_into_each_other_and_case_counts_only_where_it_should()
    {
        Assert.NotEqual(Hash("a", "bc"), Hash("ab", "c"));
        Assert.NotEqual(Hash("", "abc"), Hash("abc", ""));
        Assert.NotEqual(Hash("ABC"), Hash("abc"));
        Assert.Equal(Folded("Host.EXAMPLE"), Folded("host.example"));
    }

    private static UInt128 Hash(params string[] fields)
    {
        var hash = new KeyedHash(new HashSeed(1, 2));
        foreach (var field in fields)
            hash.Add(System.Text.Encoding.ASCII.GetBytes(field));
        return hash.Finish();
    }

    private static UInt128 Folded(string field)
    {
        var hash = new KeyedHash(new HashSeed(1, 2));
        hash.AddIgnoreCase(System.Text.Encoding.ASCII.GetBytes(field));
        return hash.Finish();
    }
}
