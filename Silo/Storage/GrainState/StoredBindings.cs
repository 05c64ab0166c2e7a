using Dapper;
using Webphone.Grains.Users;
using Webphone.Silo.Storage.Databases;

namespace Webphone.Silo.Storage.GrainState;

/// <summary>The devices that the store knows, read without waking the grains of their users.</summary>
internal sealed class StoredBindings(IDatabase database)
{
    private const string Select = "SELECT grain_id AS GrainId, schema_version AS SchemaVersion, state AS State FROM grain_state WHERE state_name = 'user'";

    /// <summary>Those that registered at this node, as of their last change.</summary>
    public async Task<IReadOnlyList<Binding>> OfNode(string node, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenRead(cancellation);
        var bindings = new List<Binding>();
        await foreach (var row in connection.QueryUnbufferedAsync<Row>(Select).WithCancellation(cancellation))
        {
            var user = StateJson.Read<UserState>(row.State, row.SchemaVersion, row.GrainId);
            if (!user.Bindings.IsDefault)
                bindings.AddRange(user.Bindings.Where(binding => binding.Node == node));
        }

        return bindings;
    }

    private sealed record Row(string GrainId, long SchemaVersion, string State);
}
