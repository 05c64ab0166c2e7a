using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.Presence;
using Webphone.Grains.Recordings;

namespace Webphone.Grains.Users;

/// <summary>One device as a person may see it.</summary>
/// <param name="Instance">The phone that it is a flow of, where it has several; empty when it is the only one.</param>
/// <param name="Node">The node that it registered with.</param>
[GenerateSerializer, Immutable]
public sealed record DeviceView(string Id, string Contact, string UserAgent, string Flow, DateTimeOffset ExpiresAt, string Instance = "", string Node = "");

/// <summary>A user with what is going on: the snapshot for a client that was away.</summary>
[GenerateSerializer, Immutable]
public sealed record UserView(
    string Extension,
    string Name,
    bool DoNotDisturb,
    PresenceView Presence,
    ImmutableArray<DeviceView> Devices,
    ImmutableArray<CallView> Calls)
{
    /// <summary>What is recorded of them.</summary>
    [Id(0)]
    public UserRecording Recording { get; init; } = UserRecording.None;
}
