using Webphone.Grains.Users;

namespace Webphone.Grains.Accounts;

/// <summary>All of a user's browsers that are closed and can be woken by push, as a call rings them: one device, whose leg never answers. Who opens their browser joins with a device of its own.</summary>
public static class PushDevice
{
    public const string Id = "push";

    /// <summary>It is on no node: the edge that holds the caller rings it.</summary>
    public static readonly Binding Binding = new(Id, Id, Node: "", Id, [], Id, 0, TimeSpan.Zero, DateTimeOffset.MaxValue, "");

    public static bool Is(Binding binding) => binding.Id == Id && binding.Flow == Id;
}
