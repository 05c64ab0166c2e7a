using System.Collections.Immutable;
using Orleans;
using Webphone.Grains.Calls;
using Webphone.Grains.History;
using Webphone.Grains.Tenants;
using Webphone.Grains.Users;

namespace Webphone.WebFrontend.Status;

/// <summary>Asks the tenants' grains what is going on.</summary>
internal sealed class StatusReader(WebNode node, IGrainFactory grains, TimeProvider time)
{
    /// <summary>A page is for looking at; more users are cut, and said to be.</summary>
    private const int MostUsers = 200;
    private const int MostCalls = 200;
    private const int MostEntries = 200;
    private const int MostTenants = 20;

    public async Task<StatusView> Read()
    {
        var tenants = node.Tenants();
        var parts = await Task.WhenAll(tenants.Take(MostTenants).Select(Read));
        var users = parts.SelectMany(part => part.Users).ToList();
        return new StatusView(
            node.Name,
            time.GetUtcNow(),
            tenants,
            [.. users.Take(MostUsers)],
            [.. parts.SelectMany(part => part.Calls).OrderByDescending(call => call.StartedAt).Take(MostCalls)],
            [.. parts.SelectMany(part => part.History).OrderByDescending(entry => entry.StartedAt).Take(MostEntries)],
            Cut: users.Count >= MostUsers || tenants.Length > MostTenants);
    }

    private async Task<(IEnumerable<StatusUser> Users, IEnumerable<StatusCall> Calls, IEnumerable<StatusEntry> History)> Read(string tenant)
    {
        var grain = grains.GetGrain<ITenantGrain>(tenant);
        var users = grain.GetUsers(0, MostUsers);
        var calls = grain.GetCalls(MostCalls);
        var history = grain.GetHistory(MostEntries);
        return (
            (await users).Select(user => ToUser(tenant, user)),
            (await calls).Select(call => ToCall(tenant, call)),
            (await history).Select(entry => ToEntry(tenant, entry)));
    }

    private static StatusUser ToUser(string tenant, UserView user) =>
        new(tenant, user.Extension, user.Name, user.Presence.State.ToString(), user.DoNotDisturb, user.Devices);

    private static StatusCall ToCall(string tenant, CallView call) => new(
        tenant,
        call.CallKey,
        call.Phase,
        call.Dialled,
        call.StartedAt,
        call.AnsweredAt,
        [.. call.Parties.Select(party => new StatusLeg(party.Leg.Value, party.Extension, party.Party.Number, party.Party.Name, party.IsCaller, party.Phase))]);

    private static StatusEntry ToEntry(string tenant, HistoryEntry entry) => new(
        tenant,
        entry.CallKey,
        entry.Extension,
        entry.Direction,
        entry.Peer.Number,
        entry.Peer.Name,
        entry.Line,
        entry.StartedAt,
        entry.AnsweredAt,
        entry.EndedAt,
        Math.Round(entry.Duration.TotalSeconds, 3),
        entry.End);
}
