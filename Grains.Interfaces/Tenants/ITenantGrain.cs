using System.Collections.Immutable;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Phones;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tenants;

/// <summary>An entry of the organisation's directory.</summary>
[GenerateSerializer, Immutable]
public sealed record DirectoryEntry(string Extension, string Name);

/// <summary>An organisation, for people who look at it: calls are routed without this grain. The key is the tenant's name.</summary>
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>The directory from <paramref name="skip"/>, at most <paramref name="count"/> entries (bounded at 500), by extension.</summary>
    Task<ImmutableArray<DirectoryEntry>> GetDirectory(int skip, int count);

    /// <summary>Users as they are now, same paging as <see cref="GetDirectory"/>.</summary>
    Task<ImmutableArray<UserView>> GetUsers(int skip, int count);

    /// <summary>The desk phones that get their configuration from here, with the secret paths of it; at most 500.</summary>
    Task<ImmutableArray<PhoneView>> GetPhones(int skip);

    /// <summary>Calls that are on now, newest first, at most <paramref name="count"/> (bounded at 500).</summary>
    Task<ImmutableArray<CallView>> GetCalls(int count);

    /// <summary>History of all users, newest first, at most <paramref name="count"/> entries (bounded at 500).</summary>
    Task<ImmutableArray<HistoryEntry>> GetHistory(int count);
}
