using System.Collections.Immutable;
using Webphone.Grains.Watching;

namespace Webphone.Grains.Calls;

/// <summary>What comes of one event: the next state, and what to do, in this order.</summary>
public readonly record struct CallStep(CallState State, ImmutableArray<CallEffect> Effects)
{
    /// <summary>The event means nothing here.</summary>
    public static CallStep Ignore(CallState state) => new(state, []);

    public static CallStep To(CallState state, params ReadOnlySpan<CallEffect> effects) => new(state, ImmutableArray.Create(effects));

    /// <summary>A change that users can see: it has a version of its own, is written down first, and told.</summary>
    public static CallStep Changed(CallState state, DateTimeOffset now, params ReadOnlySpan<CallEffect> effects) => new(
        state with { Version = Versions.Next(state.Version, now) },
        [Journal.It, .. effects, PublishView.It]);

    /// <summary>The same, with more to do right after it was written down.</summary>
    public CallStep First(params ReadOnlySpan<CallEffect> effects) => Effects.IsEmpty
        ? this
        : this with { Effects = [Effects[0], .. effects, .. Effects[1..]] };

    public CallStep And(params ReadOnlySpan<CallEffect> effects) => this with { Effects = [.. Effects, .. effects] };
}
