using System.Collections.Immutable;
using Webphone.Grains.Nodes;

namespace Webphone.Grains.Users;

/// <summary>What a registration makes of a user's bindings (RFC 3261 §10.3): pure.</summary>
public static class BindingRules
{
    /// <summary>The bindings after <paramref name="request"/>; unchanged when it is refused: a request holds as a whole or not at all.</summary>
    public static BindingChange Apply(ImmutableArray<Binding> bound, RegisterBindings request, DateTimeOffset now)
    {
        var set = request.Set.IsDefault ? [] : request.Set;
        var remove = request.Remove.IsDefault ? [] : request.Remove;
        if (set.Length > UserLimits.Devices)
            return new BindingChange(RegisterRefusal.TooManyDevices, bound, MustWrite: false);

        var next = WithoutExpired(bound, now);
        var removed = request.RemoveAll ? next : next.RemoveAll(binding => !remove.Contains(binding.Id));
        if (IsOutOfOrder(removed) || IsOutOfOrder(next.RemoveAll(binding => !set.Any(other => other.Id == binding.Id))))
            return new BindingChange(RegisterRefusal.OutOfOrder, bound, MustWrite: false);

        next = next.RemoveRange(removed);
        foreach (var binding in set)
        {
            var renewed = binding with { CallId = request.CallId, CSeq = request.CSeq, ExpiresAt = now + binding.Granted };
            var index = IndexOf(next, binding.Id);
            next = index < 0 ? next.Add(renewed) : next.SetItem(index, renewed);
        }

        // A phone in use registers again and again; the one that was not heard of for the longest makes room.
        while (next.Length > UserLimits.Devices)
            next = next.Remove(next.Where(binding => !set.Any(other => other.Id == binding.Id)).MinBy(RefreshedAt)!);
        return new BindingChange(RegisterRefusal.None, next, !SameDevices(bound, next));

        bool IsOutOfOrder(ImmutableArray<Binding> touched) => touched.Any(binding => binding.CallId == request.CallId && (request.Again ? request.CSeq < binding.CSeq : request.CSeq <= binding.CSeq));
    }

    public static ImmutableArray<Binding> WithoutExpired(ImmutableArray<Binding> bound, DateTimeOffset now) =>
        bound.RemoveAll(binding => binding.ExpiresAt <= now);

    /// <summary>Those that a call may go to. Of a phone's flows one to a node that is there comes first, then the one that was heard of last (RFC 5626 §5.3).</summary>
    public static ImmutableArray<Binding> ToRing(ImmutableArray<Binding> bound, IMembers members, DateTimeOffset now)
    {
        var live = WithoutExpired(bound, now);
        return live.Any(binding => binding.Instance.Length > 0)
            ? [.. live.OrderByDescending(binding => members.Has(binding.Node)).ThenByDescending(RefreshedAt)]
            : live;
    }

    /// <summary>After a restart nobody knows when phones last refreshed: each counts as if it just had, so that it can be called before it registers again.</summary>
    public static ImmutableArray<Binding> Restored(ImmutableArray<Binding> kept, DateTimeOffset now) =>
        kept.IsDefault ? [] : [.. kept.Select(binding => binding with { ExpiresAt = now + binding.Granted })];

    private static DateTimeOffset RefreshedAt(Binding binding) => binding.ExpiresAt - binding.Granted;

    private static bool SameDevices(ImmutableArray<Binding> before, ImmutableArray<Binding> after)
    {
        if (before.Length != after.Length) return false;
        for (var i = 0; i < before.Length; i++)
        {
            if (!IsRefresh(before[i], after[i])) return false;
        }

        return true;
    }

    /// <summary>Only the registration's own counters have moved.</summary>
    private static bool IsRefresh(Binding before, Binding after) =>
        before.Path.AsSpan().SequenceEqual(after.Path.AsSpan())
        && before with { Path = after.Path, CallId = after.CallId, CSeq = after.CSeq, ExpiresAt = after.ExpiresAt } == after;

    private static int IndexOf(ImmutableArray<Binding> bound, string id)
    {
        for (var i = 0; i < bound.Length; i++)
        {
            if (bound[i].Id == id) return i;
        }

        return -1;
    }
}

/// <summary>The outcome of a registration.</summary>
/// <param name="MustWrite">Something changed that a restart must not forget; a refresh alone is not written.</param>
public sealed record BindingChange(RegisterRefusal Refusal, ImmutableArray<Binding> Bindings, bool MustWrite);
