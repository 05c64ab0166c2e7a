using Webphone.Grains.Nodes;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tests.Users;

public class BindingRulesTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_device_is_bound_for_the_time_granted_and_written()
    {
        var change = BindingRules.Apply([], Set(Device("a"), cseq: 1), Now);
        Assert.True(change.MustWrite);
        Assert.Equal(Now + TimeSpan.FromHours(1), Assert.Single(change.Bindings).ExpiresAt);
    }

    [Fact]
    public void A_refresh_moves_the_expiry_and_is_not_written()
    {
        var bound = BindingRules.Apply([], Set(Device("a"), cseq: 1), Now).Bindings;
        var change = BindingRules.Apply(bound, Set(Device("a"), cseq: 2), Now + TimeSpan.FromMinutes(30));
        Assert.False(change.MustWrite);
        Assert.Equal(Now + TimeSpan.FromMinutes(90), Assert.Single(change.Bindings).ExpiresAt);
    }

    [Fact]
    public void A_device_that_moved_to_another_flow_or_path_is_written()
    {
        var bound = BindingRules.Apply([], Set(Device("a"), cseq: 1), Now).Bindings;
        Assert.True(BindingRules.Apply(bound, Set(Device("a") with { Flow = "tcp 2" }, cseq: 2), Now).MustWrite);
        Assert.True(BindingRules.Apply(bound, Set(Device("a") with { Path = ["<sip:p>"] }, cseq: 2), Now).MustWrite);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_registration_that_is_not_newer_changes_nothing(long cseq)
    {
        var bound = BindingRules.Apply([], Set(Device("a"), cseq: 5), Now).Bindings;
        var set = BindingRules.Apply(bound, Set(Device("a"), cseq), Now + TimeSpan.FromMinutes(1));
        Assert.Equal(RegisterRefusal.OutOfOrder, set.Refusal);
        Assert.Equal(bound, set.Bindings);
        Assert.Equal(RegisterRefusal.OutOfOrder, BindingRules.Apply(bound, new RegisterBindings([], ["a"], false, "call", cseq), Now).Refusal);
        Assert.Equal(RegisterRefusal.OutOfOrder, BindingRules.Apply(bound, new RegisterBindings([], [], true, "call", cseq), Now).Refusal);
    }

    [Fact]
    public void Of_a_phones_flows_one_to_a_node_that_is_there_comes_first_and_then_the_one_heard_of_last()
    {
        var bound = BindingRules.Apply([], Set(Flow("a", "n1"), cseq: 1), Now).Bindings;
        bound = BindingRules.Apply(bound, Set(Flow("b", "n2"), cseq: 2), Now + TimeSpan.FromSeconds(1)).Bindings;
        bound = BindingRules.Apply(bound, Set(Flow("c", "n3"), cseq: 3), Now + TimeSpan.FromSeconds(2)).Bindings;
        Assert.Equal(["c", "b", "a"], BindingRules.ToRing(bound, new EveryNode(), Now).Select(binding => binding.Id));
        Assert.Equal(["b", "a", "c"], BindingRules.ToRing(bound, new Without("n3"), Now).Select(binding => binding.Id));
        Assert.Equal(["c"], BindingRules.ToRing(bound, new EveryNode(), Now + TimeSpan.FromSeconds(3601)).Select(binding => binding.Id));
    }

    [Fact]
    public void A_phone_that_restarted_counts_anew_under_its_new_call_id()
    {
        var bound = BindingRules.Apply([], Set(Device("a"), cseq: 5), Now).Bindings;
        Assert.Equal(RegisterRefusal.None, BindingRules.Apply(bound, Set(Device("a"), cseq: 1) with { CallId = "other" }, Now).Refusal);
    }

    [Fact]
    public void A_request_holds_as_a_whole_or_not_at_all()
    {
        var bound = BindingRules.Apply([], Set(Device("a"), cseq: 5), Now).Bindings;
        var change = BindingRules.Apply(bound, new RegisterBindings([Device("a"), Device("b")], [], false, "call", 3), Now);
        Assert.Equal(RegisterRefusal.OutOfOrder, change.Refusal);
        Assert.Equal(bound, change.Bindings);
    }

    [Fact]
    public void One_device_or_all_can_be_removed()
    {
        var bound = BindingRules.Apply([], new RegisterBindings([Device("a"), Device("b")], [], false, "call", 1), Now).Bindings;
        var one = BindingRules.Apply(bound, new RegisterBindings([], ["a"], false, "call", 2), Now);
        Assert.Equal("b", Assert.Single(one.Bindings).Id);
        Assert.True(one.MustWrite);
        Assert.Empty(BindingRules.Apply(bound, new RegisterBindings([], [], true, "call", 2), Now).Bindings);
    }

    [Fact]
    public void A_query_lists_and_changes_nothing()
    {
        var bound = BindingRules.Apply([], Set(Device("a"), cseq: 1), Now).Bindings;
        var query = BindingRules.Apply(bound, new RegisterBindings([], [], false, "call", 1), Now);
        Assert.Equal(RegisterRefusal.None, query.Refusal);
        Assert.False(query.MustWrite);
        Assert.Equal(bound, query.Bindings);
    }

    [Fact]
    public void The_eleventh_device_takes_the_place_of_the_one_refreshed_longest_ago()
    {
        var ten = BindingRules.Apply([], new RegisterBindings([.. Enumerable.Range(0, 10).Select(i => Device($"d{i}"))], [], false, "call", 1), Now).Bindings;
        // All but d7 are heard of again; d7 was granted longer than they are, and is the oldest all the same.
        ten = ten.SetItem(7, ten[7] with { Granted = TimeSpan.FromHours(2), ExpiresAt = Now + TimeSpan.FromHours(2) });
        var later = Now + TimeSpan.FromMinutes(10);
        var refreshed = BindingRules.Apply(
            ten, new RegisterBindings([.. Enumerable.Range(0, 10).Where(i => i != 7).Select(i => Device($"d{i}"))], [], false, "call", 2), later).Bindings;
        var eleventh = BindingRules.Apply(refreshed, Set(Device("x"), cseq: 3), later + TimeSpan.FromMinutes(1));
        Assert.Equal(RegisterRefusal.None, eleventh.Refusal);
        Assert.True(eleventh.MustWrite);
        Assert.Equal(10, eleventh.Bindings.Length);
        Assert.Contains(eleventh.Bindings, binding => binding.Id == "x");
        Assert.DoesNotContain(eleventh.Bindings, binding => binding.Id == "d7");
    }

    [Fact]
    public void A_request_with_more_devices_than_a_user_may_have_is_refused_whole()
    {
        var bound = BindingRules.Apply([], Set(Device("a"), cseq: 1), Now).Bindings;
        var eleven = BindingRules.Apply(bound, new RegisterBindings([.. Enumerable.Range(0, 11).Select(i => Device($"d{i}"))], [], false, "call", 2), Now);
        Assert.Equal(RegisterRefusal.TooManyDevices, eleven.Refusal);
        Assert.Equal(bound, eleven.Bindings);
    }

    [Fact]
    public void A_restored_device_is_valid_for_its_granted_time_from_now()
    {
        var kept = BindingRules.Apply([], Set(Device("a"), cseq: 1), Now).Bindings;
        var restart = Now + TimeSpan.FromDays(2);
        Assert.Equal(restart + TimeSpan.FromHours(1), Assert.Single(BindingRules.Restored(kept, restart)).ExpiresAt);
        Assert.Empty(BindingRules.Restored(default, restart));
    }

    private static RegisterBindings Set(Binding binding, long cseq) => new([binding], [], false, "call", cseq);

    private static Binding Device(string id) =>
        new(id, $"sip:{id}@192.0.2.7", "n1", "udp 1", [], "", 0, TimeSpan.FromHours(1), DateTimeOffset.MinValue, "phone");

    private static Binding Flow(string id, string node) => Device(id) with { Node = node, Instance = "p" };

    private sealed class Without(string node) : IMembers
    {
        public bool Has(string other) => other != node;
    }
}
