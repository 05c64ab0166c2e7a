using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Phones;
using Webphone.Grains.Users;

namespace Webphone.Grains.Tenants;

/// <summary>An organisation as people look at it: everything is read from elsewhere.</summary>
// Every method only reads other things and keeps nothing here, so all may interleave; otherwise one long list would hold up the rest.
[Reentrant]
public sealed partial class TenantGrain(IDirectory directory, ICallJournal journal, IHistoryStore history, TimeProvider time, ILogger<TenantGrain> log)
    : Grain, ITenantGrain
{
    /// <summary>The longest list that is given at once.</summary>
    public const int MaxCount = 500;

    private string Name => this.GetPrimaryKeyString();

    public Task<ImmutableArray<DirectoryEntry>> GetDirectory(int skip, int count) =>
        Task.FromResult<ImmutableArray<DirectoryEntry>>([.. Page(skip, count).Select(user => new DirectoryEntry(user.Extension, user.Name))]);

    public async Task<ImmutableArray<UserView>> GetUsers(int skip, int count)
    {
        var views = await Task.WhenAll(Page(skip, count).Select(ViewOf));
        return [.. views.OfType<UserView>()];
    }

    public async Task<ImmutableArray<PhoneView>> GetPhones(int skip)
    {
        var phones = directory.ListPhones(Name).Skip(Math.Max(skip, 0)).Take(MaxCount).ToList();
        var tokens = await Task.WhenAll(phones.Select(phone => GrainFactory.GetGrain<IPhoneGrain>(phone.Mac).GetToken()));
        return [.. phones.Zip(tokens, (phone, token) => new PhoneView(phone.Mac, phone.Tenant, phone.Extension, $"{phone.Mac}-{token}/"))];
    }

    public async Task<ImmutableArray<CallView>> GetCalls(int count) =>
        [.. (await journal.ListLive(Name, Bounded(count))).Where(call => call.State.EndedAt is null).Select(call => CallViews.Of(call.State))];

    public Task<ImmutableArray<HistoryEntry>> GetHistory(int count) => history.List(Name, extension: null, before: null, Bounded(count));

    private static int Bounded(int count) => Math.Clamp(count, 0, MaxCount);

    private ImmutableArray<UserRecord> Page(int skip, int count) => directory.ListUsers(Name, Math.Max(skip, 0), Bounded(count));

    private async Task<UserView?> ViewOf(UserRecord user)
    {
        try
        {
            return await GrainFactory.GetGrain<IUserGrain>(UserKey.Of(Name, user.Extension)).GetView().WaitAsync(EdgeLimits.CommandTimeout, time);
        }
        catch (Exception error)
        {
            // One user who does not answer must not hide the others.
            LogUserFailed(log, Name, user.Extension, error);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Tenant}: user {Extension} does not answer")]
    private static partial void LogUserFailed(ILogger log, string tenant, string extension, Exception error);
}
