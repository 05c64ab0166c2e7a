using System.Collections.Immutable;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Webphone.Grains.InProcess.Tests.Hosting;

public interface IBadContract : IGrainWithStringKey
{
    Task TakeList(List<int> numbers);
    Task TakeMutable(MutableMessage message);
    Task<UnmarkedMessage> Unmarked();
    Task TakeClashing(ClashingIds message);
    Task TakeDeep(ImmutableArray<Outer> messages);
}

public interface IGoodContract : IGrainWithStringKey
{
    Task<GoodMessage?> Exchange(GoodMessage message, ImmutableDictionary<string, int> counts, IGoodContract back, CancellationToken token);
    ValueTask<(int Count, string? Name)> Pair(DateTimeOffset at, Guid? id, DayOfWeek day);
    Task TakeKind(GoodKind kind);
}

[GenerateSerializer, Immutable]
public sealed record GoodMessage(string Text, ImmutableArray<int> Numbers)
{
    [Id(0)]
    public TimeSpan? Age { get; init; }
}

[GenerateSerializer, Immutable]
public abstract record GoodKind(string Name);

[GenerateSerializer, Immutable]
public sealed record GoodOneOfAKind(string Name, int Number) : GoodKind(Name);

[GenerateSerializer]
public sealed class MutableMessage
{
    [Id(0)]
    public int Number { get; set; }
}

public sealed record UnmarkedMessage(int Number);

[GenerateSerializer]
public sealed class ClashingIds
{
    [Id(0)]
    public int First { get; init; }

    [Id(0)]
    public int Second { get; init; }

    public int Third { get; init; }
}

[GenerateSerializer, Immutable]
public sealed record Outer(Inner Inner);

[GenerateSerializer, Immutable]
public sealed record Inner(Dictionary<string, string> Open);

public sealed class GrainContractsTests
{
    private static readonly IReadOnlyList<string> Found = GrainContracts.Violations(typeof(GrainContractsTests).Assembly);

    [Theory]
    [InlineData("IBadContract.TakeList(numbers)")]
    [InlineData("MutableMessage.Number can be changed")]
    [InlineData("IBadContract.Unmarked result")]
    [InlineData("ClashingIds.Second has the [Id] of another")]
    [InlineData("ClashingIds.Third has no [Id]")]
    [InlineData("Inner.Open")]
    public void What_a_cluster_would_copy_or_not_carry_is_found(string expected) =>
        Assert.Contains(Found, violation => violation.StartsWith(expected, StringComparison.Ordinal));

    [Fact]
    public void Immutable_messages_and_references_pass() =>
        Assert.DoesNotContain(Found, violation => violation.Contains("Good", StringComparison.Ordinal));
}
